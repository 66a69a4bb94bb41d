"""Lede from Python: articles in, summaries, translations and blurbs out.

>>> from summarizer import Desk
>>> desk = Desk()
>>> desk.summarise(article, language="fr").text
"Les États-Unis et leurs alliés ont dit mardi qu'ils allaient intensifier leur campagne contre le groupe. La \
coalition dit que le groupe a perdu 40 % de son territoire en Irak et 20 % en Syrie."

docs/python.md has more. What is listed here stays as it is from version to version; its modules are loaded when they
are asked for.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarizer.aio import AsyncDesk
    from summarizer.desk import Desk, Source
    from summarizer.errors import LedeError
    from summarizer.options import BlurbOptions, SummaryOptions, TranslationOptions
    from summarizer.watch import Event, Watch

# Languages are told by products of a few hundred numbers, which OpenBLAS gives to all cores; beside a model that writes
# each then waits for a core to be free, and telling an article's language took 60 ms instead of 8. It is read as numpy
# loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = [
    "AsyncDesk",
    "BlurbOptions",
    "Desk",
    "Event",
    "LedeError",
    "Source",
    "SummaryOptions",
    "TranslationOptions",
    "Watch",
]

_HOMES = {
    "AsyncDesk": "aio",
    "BlurbOptions": "options",
    "Desk": "desk",
    "Event": "watch",
    "LedeError": "errors",
    "Source": "desk",
    "SummaryOptions": "options",
    "TranslationOptions": "options",
    "Watch": "watch",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
