"""A document as passages to translate and the markup round and inside them, which stays as it was."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from summarizer.article import Span

Markup = tuple[Union[str, "Passage"], ...]
"""What a document, or the markup in it, is made of, in order: characters that stay, and passages."""


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Escaping:
    """How text is spelt in a format.

    `quotes` turn plain text into it, the plainest first; `holds` says whether a passage spelt so still has the
    structure of its original (original, new).
    """

    quotes: tuple[Callable[[str], str], ...] = (_unchanged,)
    holds: Callable[[str, str], bool] = field(default=lambda _original, _new: True)


PLAIN = Escaping()


@dataclass(frozen=True, slots=True)
class Mark:
    """Markup on characters `start` to `end` of a passage's text: an element, a comment, a piece of code.

    `depth` counts the marks it stands in; marks come in the order in which they open. Where `kept` is given it stands
    for those characters, which are not translated.
    """

    start: int
    end: int
    depth: int = 0
    opening: Markup = ()
    closing: str = ""
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph's text without its markup, the marks on it, and how both stood in the document."""

    text: str
    raw: str
    marks: tuple[Mark, ...] = ()
    form: Escaping = PLAIN


def passages(markup: Markup) -> Iterator[Passage]:
    """All passages in order, those in the marks of others included."""
    for piece in markup:
        if isinstance(piece, Passage):
            yield piece
            for mark in piece.marks:
                yield from passages(mark.opening)


def plain_text(markup: Markup) -> str:
    """What a reader reads, a passage a line."""
    return "\n".join(passage.text for passage in passages(markup))


def join(markup: Markup, done: Mapping[Passage, str]) -> str:
    """The document with each passage as `done` has it; one that it lacks stays as it was."""
    return "".join(piece if isinstance(piece, str) else done.get(piece, piece.raw) for piece in markup)


def render(passage: Passage, text: str, places: Sequence[Span], done: Mapping[Passage, str]) -> str | None:
    """`text` in the passage's format with its marks at `places`, one for each; None where no spelling holds.

    Every mark stands in the one it stood in: a place outside of it, or over another mark's, is cut to fit. Where marks
    would not count as such between letters, they are given spaces.
    """
    nest = _Nest(passage.marks, places, len(text))
    spellings = (nest.spelt(text, quote, done, room) for room in ("", " ") for quote in passage.form.quotes)
    return next((spelling for spelling in spellings if passage.form.holds(passage.raw, spelling)), None)


class _Nest:
    """Marks as a tree, each cut to the room that its parent and the marks before it leave."""

    def __init__(self, marks: Sequence[Mark], places: Sequence[Span], length: int) -> None:
        self._marks = marks
        self._inside: dict[int, list[int]] = defaultdict(list)  # by the parent's index; -1 is the passage
        path = [-1]
        for index, mark in enumerate(marks):
            del path[mark.depth + 1 :]
            self._inside[path[-1]].append(index)
            path.append(index)
        self._room = {-1: Span(0, length)}
        for parent in range(-1, len(marks)):
            self._settle(parent, places)

    def _settle(self, parent: int, places: Sequence[Span]) -> None:
        at, room = self._room[parent].start, self._room[parent]
        self._inside[parent].sort(key=lambda index: places[index].start)
        for index in self._inside[parent]:
            start = min(max(places[index].start, at), room.end)
            at = min(max(places[index].end, start), room.end)
            self._room[index] = Span(start, at)

    def spelt(self, text: str, quote: Callable[[str], str], done: Mapping[Passage, str], room: str) -> str:
        spelt: dict[int, str] = {}
        for index in range(len(self._marks) - 1, -2, -1):  # a mark's inside comes behind it
            spelt[index] = self._filled(index, text, quote, spelt, room)
            if index >= 0:
                mark = self._marks[index]
                inside = spelt[index] if mark.kept is None else mark.kept
                spelt[index] = join(mark.opening, done) + inside + mark.closing
        return spelt[-1]

    def _filled(self, index: int, text: str, quote: Callable[[str], str], spelt: Mapping[int, str], room: str) -> str:
        at, end = self._room[index].start, self._room[index].end
        pieces = []
        for inner in self._inside[index]:
            start, stop = self._room[inner].start, self._room[inner].end
            pieces += [
                quote(text[at:start]),
                room if start > at and not text[start - 1].isspace() else "",
                spelt[inner],
            ]
            pieces += [room if stop < end and text[stop].isalnum() else ""]
            at = stop
        return "".join([*pieces, quote(text[at:end])])
