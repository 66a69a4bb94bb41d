"""The values that walk through the house, each made once and never changed.

bytes, text or link -> reading -> Article -> writing and checking -> Draft -> editing -> Edition
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the text the caller sent."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, where it stands, and the white space that follows it up to the next (kept, so nothing is lost)."""

    text: str
    span: Span
    after: str = ""


class Kind(StrEnum):
    """What a paragraph is in its article."""

    HEADING = "heading"
    PROSE = "prose"
    LIST_ITEM = "list_item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: what it is, its text, and where it stands. `language` is set where it differs from the article's."""

    kind: Kind
    text: str
    span: Span
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that came with the article and is not part of it, and the reason it was taken out."""

    text: str
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """One language a text may be in, with its share of the probability, 0 to 1."""

    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of a text as a BCP 47 tag ("und" when it cannot be told), with the runners-up, best first."""

    language: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the caller should know about an answer. `kind` is a fixed word, `message` says it in English."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was read.

    `source` is the text all spans count in: the caller's own input where that was text, and the extracted text
    where it was HTML or a link.
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
        """The article's language, a BCP 47 tag or "und"."""
        return self.detection.language

    @property
    def digest(self) -> str:
        """The hash of `source`: what receipts and caches name the article by."""
        return digest(self.source)

    @property
    def text(self) -> str:
        """The paragraphs with the white space that parts them in `source`; an empty line where something was taken out.

        Of clean text nothing was taken out, and this is the source, byte for byte.
        """
        text, at = "", 0
        for paragraph in self.paragraphs:
            gap = self.source[at : paragraph.span.start]
            text += (gap if not gap.strip() else "\n\n" if text else "") + paragraph.text
            at = paragraph.span.end
        rest = self.source[at:]
        return text + rest if text and not rest.strip() else text


def digest(*texts: str) -> str:
    """The SHA-256 of texts, in hexadecimal; the same characters parted elsewhere have another."""
    hashed = sha256()
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        hashed.update(len(content).to_bytes(8) + content)
    return hashed.hexdigest()
