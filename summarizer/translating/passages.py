"""Documents as passages to translate and the markup around and inside them, which is preserved."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

from summarizer.article import Span

Markup = tuple[Union[str, "Passage"], ...]
"""The parts of a document, or of its markup, in order: passages, and strings that are copied verbatim."""

LINE_BREAKS = r"\n\v\f\r\x85\u2028\u2029"
"""The characters that end a line (Unicode Standard, section 5.8), for a set in a regular expression."""


def _unchanged(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Escaping:
    """How plain text is written in a format.

    `escapes` convert plain text to the format, the least intrusive first. `is_valid(original, new)` says whether the
    converted passage still has the structure of the original.
    """

    escapes: tuple[Callable[[str], str], ...] = (_unchanged,)
    is_valid: Callable[[str, str], bool] = field(default=lambda _original, _new: True)


PLAIN = Escaping()


@dataclass(frozen=True, slots=True)
class Mark:
    """Markup of the characters `start` to `end` of a passage's text: an element, a comment, a piece of code.

    `depth` is the number of enclosing marks. Marks are sorted by the order in which they open. If `verbatim` is set,
    it is the source of those characters, which are not translated.
    """

    start: int
    end: int
    depth: int = 0
    opening: Markup = ()
    closing: str = ""
    verbatim: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph: its text without markup, its source in the document, and its marks."""

    text: str
    raw: str
    marks: tuple[Mark, ...] = ()
    escaping: Escaping = PLAIN


def passages(markup: Markup) -> Iterator[Passage]:
    """Yields all passages in order, including those inside the marks of other passages."""
    for piece in markup:
        if isinstance(piece, Passage):
            yield piece
            for mark in piece.marks:
                yield from passages(mark.opening)


def plain_text(markup: Markup) -> str:
    """Returns the text without markup, one passage per line."""
    return "\n".join(passage.text for passage in passages(markup))


def join(markup: Markup, rendered: Mapping[Passage, str]) -> str:
    """Returns the document with its passages replaced by their renderings; others keep their source."""
    return "".join(piece if isinstance(piece, str) else rendered.get(piece, piece.raw) for piece in markup)


def render(passage: Passage, text: str, spans: Sequence[Span], rendered: Mapping[Passage, str]) -> str | None:
    """Returns `text` in the passage's format, with its marks at `spans`; None if the result would not be valid.

    There is one span per mark. Marks stay nested as they were: a span that leaves its parent, or overlaps the previous
    mark, is clipped. If a mark is not recognised between letters, spaces are added around it.
    """
    tree = _MarkTree(passage.marks, spans, len(text))
    renderings = (
        tree.render(text, escape, rendered, space) for space in ("", " ") for escape in passage.escaping.escapes
    )
    return next((rendering for rendering in renderings if passage.escaping.is_valid(passage.raw, rendering)), None)


class _MarkTree:
    """Marks as a tree, each clipped to the space that its parent and the preceding marks leave."""

    def __init__(self, marks: Sequence[Mark], spans: Sequence[Span], length: int) -> None:
        self._marks = marks
        self._children: dict[int, list[int]] = defaultdict(list)  # by the parent's index; -1 is the passage
        path = [-1]
        for index, mark in enumerate(marks):
            del path[mark.depth + 1 :]
            self._children[path[-1]].append(index)
            path.append(index)
        self._spans = {-1: Span(0, length)}
        for parent in range(-1, len(marks)):
            self._clip_children(parent, spans)

    def _clip_children(self, parent: int, spans: Sequence[Span]) -> None:
        at, outer = self._spans[parent].start, self._spans[parent]
        self._children[parent].sort(key=lambda index: spans[index].start)
        for index in self._children[parent]:
            start = min(max(spans[index].start, at), outer.end)
            at = min(max(spans[index].end, start), outer.end)
            self._spans[index] = Span(start, at)

    def render(self, text: str, escape: Callable[[str], str], rendered: Mapping[Passage, str], space: str) -> str:
        parts: dict[int, str] = {}
        for index in range(len(self._marks) - 1, -2, -1):  # children have higher indices than their parent
            parts[index] = self._content(index, text, escape, parts, space)
            if index >= 0:
                mark = self._marks[index]
                content = parts[index] if mark.verbatim is None else mark.verbatim
                parts[index] = join(mark.opening, rendered) + content + mark.closing
        return parts[-1]

    def _content(
        self, index: int, text: str, escape: Callable[[str], str], parts: Mapping[int, str], space: str
    ) -> str:
        at, end = self._spans[index].start, self._spans[index].end
        pieces = []
        for child in self._children[index]:
            start, stop = self._spans[child].start, self._spans[child].end
            before = space if start > at and not text[start - 1].isspace() else ""
            after = space if stop < end and text[stop].isalnum() else ""
            pieces += [escape(text[at:start]), before, parts[child], after]
            at = stop
        return "".join([*pieces, escape(text[at:end])])
