"""HTML, whole pages or fragments: text and the attributes that readers see are passages, all else stays as it was.

Parsers that give trees (lxml, html5lib) do not give the bytes back. So the tokens are read here, and only as much of
the structure as translation needs: which text runs on across tags, and what is not to be translated.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from html import unescape

import regex

from summarizer.translating.formats.elements import INLINE, Elements, elements
from summarizer.translating.formats.tags import Token, tokens
from summarizer.translating.passages import Escaping, Mark, Markup, Passage

_BLANK = " \t\n\r\f"
_BLANKS = regex.compile(rf"[{_BLANK}]+")
_ENTITY = regex.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z][a-zA-Z\d]*);")
_LETTER = regex.compile(r"\p{L}")


def parse(page: str) -> Markup:
    """The page in pieces, which joined are the page."""
    found = tuple(tokens(page))
    structure = elements(found)
    pieces: list[str | Passage] = []
    for run, inline in _runs(found, structure):
        core = _core(found, structure, run) if inline else None
        for at in range(run.start, core.start if core else run.stop):
            pieces += _tag(found[at], structure, at)
        if core:
            pieces += _passage(page, found, structure, core)
            for at in range(core.stop, run.stop):
                pieces += _tag(found[at], structure, at)
    return tuple(pieces)


def _tag(token: Token, structure: Elements, at: int) -> Markup:
    return token.markup() if token.name and structure.translated[at] else (token.raw,)


def _runs(page: Sequence[Token], structure: Elements) -> Iterator[tuple[range, bool]]:
    """Ranges of tokens that may make up sentences, and of those between them."""
    start = at = 0
    inside = False
    while at < len(page):
        after = _behind(page, structure, at)
        if (after > at) != inside:
            yield range(start, at), inside
            start, inside = at, after > at
        at = max(after, at + 1)
    yield range(start, at), inside


def _behind(page: Sequence[Token], structure: Elements, at: int) -> int:
    """Behind the token if it may stand in a sentence, behind its element where that stays; else `at`."""
    if page[at].name and page[at].name not in INLINE:
        return at
    if at in structure.kept:
        return structure.ends.get(at, at - 1) + 1
    return at + structure.translated[at]


def _core(page: Sequence[Token], structure: Elements, run: range) -> range | None:
    """A run without the tags and blanks round its text; None where it has no text to translate."""
    at, shown, said = run.start, list[int](), False
    while at < run.stop:
        after = _behind(page, structure, at)
        text = "".join(token.raw for token in page[at:after] if token.is_text)
        if text.strip(_BLANK):
            shown += [at, after - 1]
            said = said or (at not in structure.kept and bool(_LETTER.search(unescape(text))))
        at = after
    if not said:
        return None
    first, last = shown[0], shown[-1]
    opened = (at for at in range(run.start, first) if first < structure.ends.get(at, -1) <= last)
    start = min(opened, default=first)
    closed = (structure.ends.get(at, -1) for at in range(start, last))
    return range(start, max((end for end in closed if last < end < run.stop), default=last) + 1)


def _passage(page: str, found: Sequence[Token], structure: Elements, core: range) -> Markup:
    raw = page[found[core.start].start : found[core[-1]].start + len(found[core[-1]].raw)]
    lead, tail = raw[: len(raw) - len(raw.lstrip(_BLANK))], raw[len(raw.rstrip(_BLANK)) :]
    raw = raw.strip(_BLANK)
    text, marks = _read(found, structure, core)
    return lead, Passage(text, raw, marks, _form(raw)), tail


def _read(page: Sequence[Token], structure: Elements, core: range) -> tuple[str, tuple[Mark, ...]]:
    """The text of a range of tokens with its blanks as a browser shows them, and its tags as marks."""
    text, marks = "", list[Mark]()
    open_: dict[int, int] = {}  # end tags that are to come, and their marks
    at = core.start
    while at < core.stop:
        token, here, after = page[at], len(text), max(_behind(page, structure, at), at + 1)
        if at in open_:
            mark = open_.pop(at)
            marks[mark] = replace(marks[mark], end=here, closing=token.raw)
        elif at in structure.kept:
            inside = page[at:after]
            text += _shown(text, (token.raw for token in inside if token.is_text))
            marks.append(Mark(here, len(text), len(open_), kept="".join(token.raw for token in inside)))
        elif token.is_text:
            text += _shown(text, [token.raw])
        else:
            marks.append(Mark(here, here, len(open_), _tag(token, structure, at)))
            end = structure.ends.get(at, at)
            if at < end < core.stop:
                open_[end] = len(marks) - 1
        at = after
    return _trimmed(text, marks)


def _shown(before: str, raws: Iterable[str]) -> str:
    """Text as it is shown behind other text: blanks are one space, and none at the start."""
    text = str(_BLANKS.sub(" ", unescape("".join(raws))))
    return text.lstrip(" ") if before.endswith(" ") or not before else text


def _trimmed(text: str, marks: Sequence[Mark]) -> tuple[str, tuple[Mark, ...]]:
    text = text.rstrip(" ")
    end = len(text)
    return text, tuple(replace(mark, start=min(mark.start, end), end=min(mark.end, end)) for mark in marks)


def _form(raw: str) -> Escaping:
    """Signs that the page spells as entities are spelt so again."""
    spelt = {unescape(entity): entity for entity in _ENTITY.findall(raw)}
    signs = {sign: entity for sign, entity in spelt.items() if len(sign) == 1 and not sign.isalnum()}
    return Escaping((partial(_quoted, signs=tuple(signs.items())),))


def _quoted(text: str, signs: Sequence[tuple[str, str]]) -> str:
    spelt = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | dict(signs)
    return text.translate({ord(sign): entity for sign, entity in spelt.items()})
