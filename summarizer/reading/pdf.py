"""Extracts the text of a PDF: lines and paragraphs are reconstructed from the positions of the glyphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from statistics import median
from unicodedata import normalize

import pypdf
import regex

from summarizer.errors import UnreadableDocument

PARAGRAPH_LEADING = 1.3
"""Leading larger than the median leading by this factor starts a new paragraph."""

INDENT = 0.8
"""An indentation of this many font sizes relative to the line above starts a new paragraph."""

PRESENTATION_FORMS = regex.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")
"""Ligatures and Arabic presentation forms, which are replaced by the letters themselves."""

END = regex.compile(r"[.!?。！？؟…][\p{Pe}\p{Pf}\"']*$")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
RIGHT_TO_LEFT = regex.compile(r"[\p{Arabic}\p{Hebrew}]")
SIGN = regex.compile(r" (?=[.,!:؛،؟])")
HYPHEN = regex.compile(r"(?<=\p{Ll})[-\u00ad\u2010]$")


@dataclass(frozen=True, slots=True)
class TextRun:
    """Text drawn by one operation, with its position on the page and its font size in points."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a page, with the position of its start and its font size in points."""

    text: str
    x: float
    y: float
    size: float


def extract_text(document: bytes) -> str:
    """Returns the paragraphs of a PDF in drawing order, separated by empty lines; "" if it contains only images.

    Raises UnreadableDocument for a password-protected PDF, and pypdf's exceptions for a malformed one.
    """
    reader = pypdf.PdfReader(BytesIO(document))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableDocument("The PDF is password-protected.", "Save it without a password.")
    lines = [line for page in reader.pages for line in _lines(page)]
    return "\n\n".join(_joined(paragraph) for paragraph in _paragraphs(lines))


def _lines(page: pypdf.PageObject) -> list[TextLine]:
    lines: list[TextLine] = []
    runs: list[TextRun] = []

    def visit(text: str, ctm: Sequence[float], text_matrix: Sequence[float], _font: object, size: float) -> None:
        x, y = text_matrix[4], text_matrix[5]
        position = ctm[0] * x + ctm[2] * y + ctm[4], ctm[1] * x + ctm[3] * y + ctm[5]
        if text.strip("\n\0"):
            runs.append(TextRun(text.strip("\n").replace("\0", ""), *position, size or 1.0))
        if text.endswith("\n"):
            lines.extend(_line(runs))
            runs.clear()

    page.extract_text(visitor_text=visit)
    lines.extend(_line(runs))
    return lines


def _line(runs: Sequence[TextRun]) -> Iterator[TextLine]:
    words = [run for run in runs if run.text.strip()]
    if not words:
        return
    text = "".join(run.text for run in runs)
    if len(RIGHT_TO_LEFT.findall(text)) * 2 > len(text.replace(" ", "")):
        text = SIGN.sub("", " ".join(run.text.strip() for run in sorted(words, key=lambda run: -run.x)))
    letters = PRESENTATION_FORMS.sub(lambda forms: normalize("NFKC", forms[0]), text)
    yield TextLine(" ".join(letters.split()), words[0].x, words[0].y, words[0].size)


def _paragraphs(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """Groups lines with normal leading; a sentence may continue in the next column or on the next page."""
    leadings = [leading for pair in pairwise(lines) if 0 < (leading := _leading(*pair)) < 3]  # noqa: PLR2004 - font sizes
    usual = median(leadings) if leadings else 1.0
    paragraph = list(lines[:1])
    for above, line in pairwise(lines):
        if _starts_paragraph(above, line, usual):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _starts_paragraph(above: TextLine, line: TextLine, usual: float) -> bool:
    leading = _leading(above, line)
    if leading < 0 or leading > 3 * usual:
        return not (line.text[:1].islower() and not END.search(above.text) and above.size == line.size)
    indented = line.x - above.x > INDENT * line.size and not RIGHT_TO_LEFT.search(line.text)
    if leading > PARAGRAPH_LEADING * usual or above.size != line.size:
        return True
    return indented and END.search(above.text) is not None


def _leading(above: TextLine, line: TextLine) -> float:
    """The distance between two lines, in font sizes."""
    return (above.y - line.y) / line.size


def _joined(paragraph: Sequence[TextLine]) -> str:
    text = ""
    for line in paragraph:
        if HYPHEN.search(text) and line.text[:1].islower():
            text = HYPHEN.sub("", text) + line.text
        else:
            text += (" " if text and not _continues_unspaced(text, line.text) else "") + line.text
    return text


def _continues_unspaced(text: str, line: str) -> bool:
    """Whether a script without spaces continues; there, punctuation is not followed by a space either."""
    return UNSPACED.match(line) is not None and UNSPACED.search(text[-2:]) is not None
