"""HTML pages and fragments: text and the attributes that readers see become passages, all else is preserved.

Parsers that build trees (lxml, html5lib) do not reproduce the source. This one reads the tokens, and only as much of
the structure as translation needs: which text continues across tags, and what must not be translated.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from html import unescape
from itertools import count

import regex

from summarizer.options import STANDARD_TAGS, TagOptions
from summarizer.translating.formats.elements import Elements, elements
from summarizer.translating.formats.notes import raised, with_notes
from summarizer.translating.formats.tags import Token, tokens
from summarizer.translating.passages import Escaping, Mark, Markup, Passage

_BLANK = " \t\n\r\f"
_BLANKS = regex.compile(rf"[{_BLANK}]+")
_ENTITY = regex.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|[a-zA-Z][a-zA-Z\d]*);")
_LETTER = regex.compile(r"\p{L}")


def parse(page: str, tags: TagOptions = STANDARD_TAGS) -> Markup:
    """Returns the parts of a page; joined, they are the page."""
    page_tokens = tuple(tokens(page))
    structure = with_notes(page_tokens, elements(page_tokens, tags))
    pieces: list[str | Passage] = []
    for run, inline in _runs(page_tokens, structure):
        core = _core(page_tokens, structure, run) if inline else None
        for at in range(run.start, core.start if core else run.stop):
            pieces += _tag(page_tokens[at], structure, at)
        if core:
            pieces += _passage(page, page_tokens, structure, core)
            for at in range(core.stop, run.stop):
                pieces += _tag(page_tokens[at], structure, at)
    return tuple(pieces)


def _tag(token: Token, structure: Elements, at: int) -> Markup:
    return token.markup() if token.name and structure.translated[at] else (token.raw,)


def _runs(page: Sequence[Token], structure: Elements) -> Iterator[tuple[range, bool]]:
    """Yields ranges of tokens, and whether they may form sentences."""
    start = at = 0
    inside = False
    while at < len(page):
        after = _after(structure, at)
        if (after > at) != inside:
            yield range(start, at), inside
            start, inside = at, after > at
        at = max(after, at + 1)
    yield range(start, at), inside


def _after(structure: Elements, at: int) -> int:
    """The index after a token of a sentence, or after its untranslated element; `at` if it ends the sentence."""
    if at in structure.breaks:
        return at
    if at in structure.untranslated:
        return structure.ends.get(at, at - 1) + 1
    return at + structure.translated[at]


def _core(page: Sequence[Token], structure: Elements, run: range) -> range | None:
    """A run without the tags and white space around its text; None if it has no text to translate."""
    at, visible, has_text = run.start, list[int](), False
    while at < run.stop:
        after = _after(structure, at)
        text = "".join(token.raw for token in page[at:after] if token.is_text)
        if text.strip(_BLANK):
            visible += [at, after - 1]
            has_text = has_text or (at not in structure.untranslated and bool(_LETTER.search(unescape(text))))
        at = after
    if not has_text:
        return None
    first, last = visible[0], visible[-1]
    opened = (at for at in range(run.start, first) if first < structure.ends.get(at, -1) <= last)
    start = min(opened, default=first)
    closed = (structure.ends.get(at, -1) for at in range(start, last))
    return range(start, max((end for end in closed if last < end < run.stop), default=last) + 1)


def _passage(page: str, page_tokens: Sequence[Token], structure: Elements, core: range) -> Markup:
    last = page_tokens[core[-1]]
    raw = page[page_tokens[core.start].start : last.start + len(last.raw)]
    lead, tail = raw[: len(raw) - len(raw.lstrip(_BLANK))], raw[len(raw.rstrip(_BLANK)) :]
    raw = raw.strip(_BLANK)
    text, marks = _read(page_tokens, structure, core)
    return lead, Passage(text, raw, marks, _escaping(raw)), tail


def _read(page: Sequence[Token], structure: Elements, core: range) -> tuple[str, tuple[Mark, ...]]:
    """The text of a range of tokens, with white space as a browser displays it, and its tags as marks."""
    text, marks = "", list[Mark]()
    open_: dict[int, int] = {}  # from pending end tags to their marks
    codes = _codes(page, core)
    at = core.start
    while at < core.stop:
        token, here, after = page[at], len(text), max(_after(structure, at), at + 1)
        if at in open_:
            mark = open_.pop(at)
            marks[mark] = replace(marks[mark], end=here, closing=token.raw)
        elif at in structure.untranslated:
            inside = page[at:after]
            shown = _displayed(text, (token.raw for token in inside if token.is_text))
            text += raised(token.name, shown) or (shown and _apart(shown, text, _following(page, core, after)))
            marks.append(Mark(here, len(text), len(open_), verbatim="".join(token.raw for token in inside)))
        elif token.is_text:
            text += _displayed(text, [token.raw])
        elif after := _after_code(page, structure, at) * _stands_free(page, core, at, text):
            text += next(codes)
            closing = page[after - 1].raw if after - at > 1 else ""
            marks.append(Mark(here, len(text), len(open_), _tag(token, structure, at), closing, verbatim=""))
        else:
            after = at + 1
            marks.append(Mark(here, here, len(open_), _tag(token, structure, at)))
            end = structure.ends.get(at, at)
            if at < end < core.stop:
                open_[end] = len(marks) - 1
        at = after
    return _trimmed(text, marks)


def _codes(page: Sequence[Token], core: range) -> Iterator[str]:
    """The texts that stand for codes: `{0}`, `{1}` and so on, except those of the page."""
    text = "".join(page[at].raw for at in core if page[at].is_text)
    return (code for code in map("{{{}}}".format, count()) if code not in text)


def _after_code(page: Sequence[Token], structure: Elements, at: int) -> int:
    """The index after an element without content, such as an image, an icon or a placeholder; 0 for other tokens."""
    end = structure.ends.get(at, -1)
    is_empty = end == at or (end == at + 1 and page[at].name != "a")
    return end + 1 if is_empty and page[at].name != "wbr" else 0


def _stands_free(page: Sequence[Token], core: range, at: int, before: str) -> bool:
    """Whether an element touches no word and no other code, so that a model can place what stands for it."""
    return not (before[-1:].isalnum() or before.endswith("}") or _following(page, core, at)[:1].isalnum())


def _following(page: Sequence[Token], core: range, at: int) -> str:
    return unescape(next((page[index].raw for index in range(at, core.stop) if page[index].is_text), ""))


def _apart(shown: str, before: str, after: str) -> str:
    """Untranslated text, with spaces where it touches words, which the markup that replaces it does not have."""
    left = " " if before[-1:].isalnum() and shown[:1].isalnum() else ""
    right = " " if shown[-1:].isalnum() and after[:1].isalnum() else ""
    return f"{left}{shown}{right}"


def _displayed(before: str, raws: Iterable[str]) -> str:
    """Text as displayed after other text: white space is collapsed, and removed at the start."""
    text = str(_BLANKS.sub(" ", unescape("".join(raws))))
    return text.lstrip(" ") if before.endswith(" ") or not before else text


def _trimmed(text: str, marks: Sequence[Mark]) -> tuple[str, tuple[Mark, ...]]:
    text = text.rstrip(" ")
    end = len(text)
    return text, tuple(replace(mark, start=min(mark.start, end), end=min(mark.end, end)) for mark in marks)


def _escaping(raw: str) -> Escaping:
    """Writes characters as entities where the source does."""
    entities = {unescape(entity): entity for entity in _ENTITY.findall(raw)}
    signs = {sign: entity for sign, entity in entities.items() if len(sign) == 1 and not sign.isalnum()}
    return Escaping((partial(_escape, signs=tuple(signs.items())),))


def _escape(text: str, signs: Sequence[tuple[str, str]]) -> str:
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | dict(signs)
    return text.translate({ord(sign): entity for sign, entity in entities.items()})
