"""What the desk gives back: text, the evidence for it, and what the caller should know about it."""

from dataclasses import dataclass
from typing import Literal, get_args

from models.errors import ModelError
from summarizer.article import Notice, Span
from summarizer.checking.findings import CheckedSentence, Finding
from summarizer.errors import LedeError
from summarizer.options import Format

Method = Literal["written", "rewritten", "extracted"]
"""How a sentence was come by: as the model first wrote it, as it wrote it again, or taken from the article."""

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence of an answer: its text, where in the article its support stands, and what is wrong with it.

    `support` is from 0 to 1, `findings` are what the article does not hold or holds less strongly.
    """

    text: str
    evidence: tuple[Span, ...] = ()
    warnings: tuple[Notice, ...] = ()
    support: float = 1.0
    findings: tuple[Finding, ...] = ()
    method: Method = "written"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an answer came to be: model, signature (all that made it), the article's hash, milliseconds by step."""

    model: str
    signature: str
    article: str
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Checks:
    """A text's sentences, each checked against an article."""

    source_language: str
    sentences: tuple[CheckedSentence, ...]
    warnings: tuple[Notice, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary, whole and by sentence."""

    text: str
    source_language: str
    target_language: str
    sentences: tuple[SummarySentence, ...]
    warnings: tuple[Notice, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, its translation, what is wrong with that, and whether it was imported and is no model's."""

    source: str
    target: str
    warnings: tuple[Notice, ...] = ()
    imported: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts in one language, in the order given, the sentences of each, and other translations where wanted."""

    target_language: str
    texts: tuple[str, ...]
    warnings: tuple[Notice, ...]
    sentences: tuple[tuple[Pair, ...], ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Translations:
    """The texts in every language asked for. `source_languages` has one entry a text."""

    source_languages: tuple[str, ...]
    translations: tuple[Translation, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Wording:
    """A notification's two lines."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Blurb:
    """A notification in one language, other wordings of it, and its support in the article."""

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
    """A language that nothing could be made in (or that one format could not be made in), and why."""

    target_language: str
    error: LedeError | ModelError
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Blurbs:
    """The notifications in every language asked for, and the languages that there is none in."""

    source_language: str
    blurbs: tuple[Blurb, ...]
    failures: tuple[Failure, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Edition:
    """One language's edition of an article: what was wanted of it, and what could not be made."""

    target_language: str
    summary: Summary | None
    blurb: Blurb | None
    translation: Translation | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Editions:
    """An article's editions, one a language, in the order asked for."""

    source_language: str
    editions: tuple[Edition, ...]
    provenance: Provenance
