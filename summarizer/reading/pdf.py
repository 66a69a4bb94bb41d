"""The text of a PDF, whose file knows glyphs and places: lines and paragraphs are found by where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from statistics import median
from unicodedata import normalize

import pypdf
import regex

from summarizer.errors import UnreadableDocument

APART = 1.3
"""A step between two lines that is larger than the usual one by this factor parts two paragraphs."""

INDENT = 0.8
"""So is a line that begins this much further in than the line above it, in sizes of its letters."""

FORMS = regex.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
"""Ligatures and the shapes of Arabic letters, which stand for the letters themselves."""

END = regex.compile(r"[.!?。！？؟…][\p{Pe}\p{Pf}\"']*$")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
RIGHT_TO_LEFT = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
SIGN = regex.compile(r" (?=[.,!:؛،؟])")
HYPHEN = regex.compile(r"(?<=\p{Ll})[-\u00ad\u2010]$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that were drawn together, and where on their page, in points."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text, where it begins, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float


def extract_text(document: bytes) -> str:
    """The paragraphs of a PDF, parted by empty lines, in the order they were drawn; "" where it holds only pictures.

    Raises UnreadableDocument for one that needs a password, and pypdf's errors for a broken one.
    """
    reader = pypdf.PdfReader(BytesIO(document))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("The PDF needs a password.", "Save it without one.")
    lines = [line for page in reader.pages for line in _lines(page)]
    return "\n\n".join(_joined(paragraph) for paragraph in _paragraphs(lines))


def _lines(page: pypdf.PageObject) -> list[Line]:
    found: list[Line] = []
    pieces: list[Piece] = []

    def visit(text: str, moved: Sequence[float], placed: Sequence[float], _font: object, size: float) -> None:
        x, y = placed[4], placed[5]
        place = moved[0] * x + moved[2] * y + moved[4], moved[1] * x + moved[3] * y + moved[5]
        if text.strip("\n\0"):
            pieces.append(Piece(text.strip("\n").replace("\0", ""), *place, size or 1.0))
        if text.endswith("\n"):
            found.extend(_line(pieces))
            pieces.clear()

    page.extract_text(visitor_text=visit)
    found.extend(_line(pieces))
    return found


def _line(pieces: Sequence[Piece]) -> Iterator[Line]:
    words = [piece for piece in pieces if piece.text.strip()]
    if not words:
        return
    text = "".join(piece.text for piece in pieces)
    if len(RIGHT_TO_LEFT.findall(text)) * 2 > len(text.replace(" ", "")):
        text = SIGN.sub("", " ".join(piece.text.strip() for piece in sorted(words, key=lambda piece: -piece.x)))
    plain = FORMS.sub(lambda forms: normalize("NFKC", forms[0]), text)
    yield Line(" ".join(plain.split()), words[0].x, words[0].y, words[0].size)


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that follow one another at the usual step; a sentence goes on over the end of a column or page."""
    steps = [step for pair in pairwise(lines) if 0 < (step := _step(*pair)) < 3]  # noqa: PLR2004 - sizes of letters
    usual = median(steps) if steps else 1.0
    paragraph = list(lines[:1])
    for above, line in pairwise(lines):
        if _parted(above, line, usual):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _parted(above: Line, line: Line, usual: float) -> bool:
    step = _step(above, line)
    if step < 0 or step > 3 * usual:
        return not (line.text[:1].islower() and not END.search(above.text) and above.size == line.size)
    indented = line.x - above.x > INDENT * line.size and not RIGHT_TO_LEFT.search(line.text)
    return step > APART * usual or above.size != line.size or (indented and END.search(above.text) is not None)


def _step(above: Line, line: Line) -> float:
    return (above.y - line.y) / line.size


def _joined(paragraph: Sequence[Line]) -> str:
    text = ""
    for line in paragraph:
        if HYPHEN.search(text) and line.text[:1].islower():
            text = HYPHEN.sub("", text) + line.text
        else:
            text += (" " if text and not _runs_on(text, line.text) else "") + line.text
    return text


def _runs_on(text: str, line: str) -> bool:
    """Whether a script without spaces goes on, where also a comma is followed by none."""
    return UNSPACED.match(line) is not None and UNSPACED.search(text[-2:]) is not None
