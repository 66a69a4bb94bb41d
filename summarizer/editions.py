"""The desk's results: texts, their evidence in the article, and warnings about them."""

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import ModelError
from summarizer.article import Notice, Span
from summarizer.checking.findings import CheckedSentence, Finding
from summarizer.errors import LedeError
from summarizer.options import Format

Method = Literal["written", "rewritten", "extracted"]
"""How a sentence was written: in the model's first answer, in a rewrite, or copied from the article."""

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence of a summary, with its evidence in the article.

    `support` is from 0 to 1. `findings` are statements that the article does not support, or not as strongly.
    """

    text: str
    evidence: tuple[Span, ...] = ()
    warnings: tuple[Notice, ...] = ()
    support: float = 1.0
    findings: tuple[Finding, ...] = ()
    method: Method = "written"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a result was made.

    `model` names the models, `signature` everything that determines the result (models, options, versions), `article`
    is the SHA-256 of the input, and `timings_ms` has the milliseconds of each step.
    """

    model: str
    signature: str
    article: str
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Checks:
    """The sentences of a text, each checked against an article."""

    source_language: str
    sentences: tuple[CheckedSentence, ...]
    warnings: tuple[Notice, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary, as one text and by sentence."""

    text: str
    source_language: str
    target_language: str
    sentences: tuple[SummarySentence, ...]
    warnings: tuple[Notice, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation; `imported` is set if the translation comes from an import, not from a model."""

    source: str
    target: str
    warnings: tuple[Notice, ...] = ()
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts in one language, in order, with the sentences of each, and alternatives if requested."""

    target_language: str
    texts: tuple[str, ...]
    warnings: tuple[Notice, ...]
    sentences: tuple[tuple[Pair, ...], ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Translations:
    """The texts in every requested language. `source_languages` has one entry per text."""

    source_languages: tuple[str, ...]
    translations: tuple[Translation, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Wording:
    """A notification's title and body."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Blurb:
    """A notification in one language, alternative wordings, and its support in the article."""

    target_language: str
    wording: Wording
    alternatives: tuple[Wording, ...]
    evidence: tuple[Span, ...]
    warnings: tuple[Notice, ...]
    support: float = 1.0
    findings: tuple[Finding, ...] = ()
    method: Method = "written"


@dataclass(frozen=True, slots=True)
class Failure:
    """A language that failed, with the error. `format` is set if a single format failed."""

    target_language: str
    error: LedeError | ModelError
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Blurbs:
    """The notifications in every requested language, and the languages that failed."""

    source_language: str
    blurbs: tuple[Blurb, ...]
    failures: tuple[Failure, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Edition:
    """One language's edition of an article: the requested formats, and those that failed."""

    target_language: str
    summary: Summary | None
    blurb: Blurb | None
    translation: Translation | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Editions:
    """An article's editions, one per language, in the requested order."""

    source_language: str
    editions: tuple[Edition, ...]
    provenance: Provenance
