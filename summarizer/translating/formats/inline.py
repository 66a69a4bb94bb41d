"""The prose of a Markdown block: its plain text, and its inline markup as marks that hold their source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import regex
from markdown_it.token import Token

from summarizer.translating.formats.elements import VOID
from summarizer.translating.formats.literals import LITERAL
from summarizer.translating.formats.tags import tokens
from summarizer.translating.passages import Escaping, Mark, Markup, Passage

_TITLE = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))"""
_CHARACTER = r"(?:\\.|[^\s()\\])"
_IN_PARENTHESES = rf"\((?:{_CHARACTER}|\({_CHARACTER}*+\))*+\)"
_TARGET = rf"(?:<(?:\\.|[^<>\n\\])*+>|(?!<)(?:{_CHARACTER}|{_IN_PARENTHESES})*+)"
_TAIL = regex.compile(rf"\](?:\(\s*{_TARGET}(?:\s+{_TITLE})?\s*\)|\[(?:\\.|[^\[\]\\])*\])?")
_CODE = regex.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", regex.DOTALL)
_AUTOLINK = regex.compile(r"<[^<>\s]*>")
_BREAK = regex.compile(r"(?: *|\\)\n *")

InlineText = tuple[str, tuple[Mark, ...], tuple[tuple[str, str], ...]]
"""Text, marks, and the characters that the source escapes, each with its escape."""


@dataclass(frozen=True, slots=True)
class SourceLines:
    """The offsets of a block's lines, in its content and in the source."""

    begins: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, content: str, source: str, start: int, end: int) -> "SourceLines | None":
        """Finds the lines in order in `source[start:end]`; None if they are not there."""
        begins, at, offset = [], start, 0
        for line in content.split("\n"):
            at = source.find(line, at, end)
            if at < 0:
                return None
            begins.append((offset, at))
            at, offset = at + len(line), offset + len(line) + 1
        return cls(tuple(begins))

    def at(self, offset: int) -> int:
        """Converts an offset in the content to one in the source."""
        begin, position = next(pair for pair in reversed(self.begins) if pair[0] <= offset)
        return position + offset - begin


class _Mismatch(Exception):
    """The tokens differ from the source."""


def read(content: str, lines: SourceLines, source: str, children: Sequence[Token]) -> InlineText | None:
    """Returns the content's text and marks, reading it in parallel with markdown-it's tokens; None if they differ."""
    reader = _Reader(content, lambda start, end: source[lines.at(start) : lines.at(end)])
    try:
        for token in children:
            reader.take(token)
    except _Mismatch:
        return None
    return reader.inline_text() if not content[reader.at :].strip() else None


class _Reader:
    def __init__(self, content: str, raw: Callable[[int, int], str]) -> None:
        self.at = 0
        self._content = content
        self._raw = raw
        self._text = ""
        self._marks: list[Mark] = []  # without their depth
        self._names: list[str] = []  # what each mark opens ("em"), closes ("/em"), or "" for neither
        self._signs: dict[str, str] = {}
        self._autolink = False
        self._links: list[int] = []  # offsets of the texts of open links in the content

    def inline_text(self) -> InlineText:
        return self._text, _paired(self._marks, self._names), tuple(self._signs.items())

    def take(self, token: Token) -> None:
        if token.markup == "autolink":
            self._autolink = token.type == "link_open"
        elif self._autolink:
            self._verbatim(token.content, self._match(_AUTOLINK))
        elif token.type in _READERS:
            _READERS[token.type](self, token)
        elif token.nesting > 0:
            self._mark((self._expect(token.markup or "["),), token.type.removesuffix("_open"))
            if token.type == "link_open":
                self._links.append(self.at)
        elif token.type == "link_close":
            self._mark((self._link_end(),), "/link")
        elif token.nesting < 0:
            self._mark((self._expect(token.markup),), "/" + token.type.removesuffix("_close"))
        else:
            raise _Mismatch

    def _expect(self, text: str) -> str:
        if not self._content.startswith(text, self.at):
            raise _Mismatch
        return self._slice(self.at + len(text))

    def _match(self, pattern: "regex.Pattern[str]") -> str:
        match = pattern.match(self._content, self.at)
        if not match:
            raise _Mismatch
        return self._slice(match.end())

    def _slice(self, end: int) -> str:
        start, self.at = self.at, end
        return self._raw(start, end)

    def _link_end(self) -> str:
        """The end of a link; a shortcut reference gets an explicit label, since its text will be translated."""
        start, end = self._links.pop(), self.at
        tail = self._match(_TAIL)
        return f"][{self._raw(start, end)}]" if tail in {"]", "][]"} else tail

    def text(self, token: Token) -> None:
        self._expect(token.content)
        self._text += token.content

    def escaped(self, token: Token) -> None:
        self._expect(token.markup)
        self._text += token.content
        if len(token.content) == 1 and not token.content.isalnum():
            self._signs[token.content] = token.markup

    def soft_break(self, _token: Token) -> None:
        self._match(_BREAK)
        self._text += " "

    def hard_break(self, _token: Token) -> None:
        self._verbatim("\n", self._match(_BREAK))

    def code(self, token: Token) -> None:
        self._verbatim(token.content, self._match(_CODE))

    def literal(self, token: Token) -> None:
        self._verbatim(token.content, self._expect(token.content))

    def image(self, token: Token) -> None:
        start, alt, tail = self._expect("!["), self._expect(token.content), self._match(_TAIL)
        is_plain = bool(alt) and all(child.type == "text" for child in token.children or ())
        self._mark((start, Passage(alt, alt, escaping=_ALT) if is_plain else alt, tail))

    def tag(self, token: Token) -> None:
        raw = self._expect(token.content)
        tag = next(tokens(token.content))
        pairs = bool(tag.name) and tag.name not in VOID and not tag.closes_itself
        self._mark((raw,), f"{'/' * tag.closes}<{tag.name}>" if pairs else "")

    def _verbatim(self, text: str, raw: str) -> None:
        start = len(self._text)
        self._text += text
        self._marks.append(Mark(start, len(self._text), verbatim=raw))
        self._names.append("")

    def _mark(self, markup: Markup, name: str = "") -> None:
        at = len(self._text)
        self._marks.append(Mark(at, at, opening=markup))
        self._names.append(name)


_READERS: dict[str, Callable[[_Reader, Token], None]] = {
    "text": _Reader.text,
    "text_special": _Reader.escaped,
    "softbreak": _Reader.soft_break,
    "hardbreak": _Reader.hard_break,
    "code_inline": _Reader.code,
    LITERAL: _Reader.literal,
    "image": _Reader.image,
    "html_inline": _Reader.tag,
}


def _paired(marks: Sequence[Mark], names: Sequence[str]) -> tuple[Mark, ...]:
    """Merges opening and closing marks; a mark without a partner stays empty."""
    ends = _ends(names)
    closing = set(ends.values())
    paired, open_ = list[Mark](), list[int]()  # indices of the pending ends
    for at, mark in enumerate(marks):
        if at in closing:
            open_.pop()
            continue
        end = marks[ends[at]] if at in ends else mark
        closes = str(end.opening[0]) if at in ends else ""
        paired.append(replace(mark, end=max(mark.end, end.start), depth=len(open_), closing=closes))
        if at in ends:
            open_.append(ends[at])
    return tuple(paired)


def _ends(names: Sequence[str]) -> dict[int, int]:
    ends: dict[int, int] = {}
    stack: list[int] = []
    for at, name in enumerate(names):
        if name.startswith("/"):
            if any(names[opened] == name[1:] for opened in stack):
                while names[opened := stack.pop()] != name[1:]:
                    pass
                ends[opened] = at
        elif name:
            stack.append(at)
    return ends


def _is_alt(_original: str, new: str) -> bool:
    return not regex.search(r"[\[\]\\`*_<>!&]", new)


_ALT = Escaping(is_valid=_is_alt)
