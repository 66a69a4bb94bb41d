"""The immutable values that pass from one package to the next.

bytes, text or link -> reading -> Article -> writing and checking -> Draft -> editing -> Edition
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the source text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, its span, and the white space between it and the next sentence."""

    text: str
    span: Span
    trailing_space: str = ""


class Kind(StrEnum):
    """The role of a paragraph in its article."""

    HEADING = "heading"
    PROSE = "prose"
    LIST_ITEM = "list_item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its kind, text and span. `language` is set only if it differs from the article's."""

    kind: Kind
    text: str
    span: Span
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Text that was sent with the article but is not part of it, and the reason for removing it."""

    text: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A language that a text may be written in, with its probability (0 to 1)."""

    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of a text as a BCP 47 tag ("und" if undetermined), and all candidates, best first."""

    language: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning about a result: a machine-readable `kind` and an English `message`."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as read from its input.

    All spans are offsets into `source`: the input itself if it was text, the extracted text if it was HTML or a link.
    """

    source: str
    paragraphs: tuple[Paragraph, ...]
    detection: Detection
    title: str | None = None
    byline: str | None = None
    date: str | None = None
    url: str | None = None
    removed: tuple[Removed, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def language(self) -> str:
        """The language of the article as a BCP 47 tag, or "und"."""
        return self.detection.language

    @property
    def digest(self) -> str:
        """The hash of `source`, which identifies the article in receipts and caches."""
        return digest(self.source)

    @property
    def text(self) -> str:
        """The paragraphs with the white space between them in `source`; removed text leaves an empty line.

        If nothing was removed, this equals `source`.
        """
        text, at = "", 0
        for paragraph in self.paragraphs:
            gap = self.source[at : paragraph.span.start]
            text += (gap if not gap.strip() else "\n\n" if text else "") + paragraph.text
            at = paragraph.span.end
        rest = self.source[at:]
        return text + rest if text and not rest.strip() else text


def digest(*texts: str) -> str:
    """Returns the SHA-256 of a sequence of texts in hexadecimal. Texts split at other places have another digest."""
    hashed = sha256()
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        hashed.update(len(content).to_bytes(8) + content)
    return hashed.hexdigest()
