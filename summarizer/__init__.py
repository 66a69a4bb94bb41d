"""Lede from Python: summaries, translations and push notifications of articles.

>>> from summarizer import Desk
>>> desk = Desk()
>>> desk.summarise(article, language="fr").text
"Les États-Unis et leurs alliés ont dit mardi qu'ils allaient intensifier leur campagne contre le groupe. La \
coalition dit que le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie."

docs/python.md has more examples. `__all__` is the public API. Its modules are imported on first access.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.errors import ModelError
    from models.settings import ModelSettings
    from summarizer.aio import AsyncDesk
    from summarizer.article import Article, Notice, Span
    from summarizer.checking.findings import CheckedSentence, Finding
    from summarizer.desk import Desk, Source
    from summarizer.editing.correction import AffectedFormat, Correction, PublishedEdition, PublishedSentence
    from summarizer.editing.revision import Change
    from summarizer.editions import (
        Blurb,
        Blurbs,
        Checks,
        Edition,
        Editions,
        Failure,
        Pair,
        Provenance,
        Summary,
        SummarySentence,
        Translation,
        Translations,
        Wording,
    )
    from summarizer.errors import (
        BadInput,
        Cancelled,
        CannotFit,
        CannotSupport,
        DeadlineExceeded,
        LedeError,
        NotTranslated,
    )
    from summarizer.options import BlurbOptions, EditionOptions, SummaryOptions, TagOptions, TranslationOptions
    from summarizer.translating.memory import Memory
    from summarizer.watch import Event, Watch

# Language detection multiplies small matrices. OpenBLAS would use all cores for each product and wait for them: next to
# a running model, detection took 60 ms instead of 8. numpy reads the variable when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = [
    "AffectedFormat",
    "Article",
    "AsyncDesk",
    "BadInput",
    "Blurb",
    "BlurbOptions",
    "Blurbs",
    "Cancelled",
    "CannotFit",
    "CannotSupport",
    "Change",
    "CheckedSentence",
    "Checks",
    "Correction",
    "DeadlineExceeded",
    "Desk",
    "Edition",
    "EditionOptions",
    "Editions",
    "Event",
    "Failure",
    "Finding",
    "LedeError",
    "Memory",
    "ModelError",
    "ModelSettings",
    "NotTranslated",
    "Notice",
    "Pair",
    "Provenance",
    "PublishedEdition",
    "PublishedSentence",
    "Source",
    "Span",
    "Summary",
    "SummaryOptions",
    "SummarySentence",
    "TagOptions",
    "Translation",
    "TranslationOptions",
    "Translations",
    "Watch",
    "Wording",
]

_MODULES = {
    "models.errors": ["ModelError"],
    "models.settings": ["ModelSettings"],
    "summarizer.aio": ["AsyncDesk"],
    "summarizer.article": ["Article", "Notice", "Span"],
    "summarizer.checking.findings": ["CheckedSentence", "Finding"],
    "summarizer.desk": ["Desk", "Source"],
    "summarizer.editing.correction": ["AffectedFormat", "Correction", "PublishedEdition", "PublishedSentence"],
    "summarizer.editing.revision": ["Change"],
    "summarizer.errors": [
        *("BadInput", "Cancelled", "CannotFit", "CannotSupport", "DeadlineExceeded", "LedeError", "NotTranslated")
    ],
    "summarizer.options": ["BlurbOptions", "EditionOptions", "SummaryOptions", "TagOptions", "TranslationOptions"],
    "summarizer.translating.memory": ["Memory"],
    "summarizer.watch": ["Event", "Watch"],
}
# The names not listed here are results, from summarizer.editions.
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF.get(name, "summarizer.editions")), name)
