"""Markdown (CommonMark with tables and strikethrough): prose is passages, all else stays byte for byte.

markdown-it finds the blocks and says what is prose in them; where that stands in the source is found by reading both in
step. A block whose prose is not found stays as it is.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping, Sequence
from functools import partial
from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from summarizer.translating.formats.inline import SourceLines, read
from summarizer.translating.passages import Escaping, Markup, Passage

PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]

TEXT_TOKENS = frozenset({"softbreak", "text", "text_special"})
"""Tokens that are words, not structure."""

_FRONT = regex.compile(r"\A(---|\+\+\+)[ \t]*\n.*?\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", regex.DOTALL)
_SPECIAL = regex.compile(r"[\\`*_{}\[\]<>#|~&!]|\A[-+=]|(?<=\A\p{Nd}{1,9})[.)]")
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")

Env = MutableMapping[str, Any]
"""What a document's links by name lead to, as markdown-it keeps it."""


def parse(source: str) -> Markup:
    """The document in pieces, which joined are the document. Front matter is no part of its prose."""
    front = _FRONT.match(source)
    start = front.end() if front else 0
    env: Env = {}
    pieces: list[str | Passage] = []
    at = 0
    for begin, passage in _blocks(source, start, env):
        pieces += [source[at:begin], passage]
        at = begin + len(passage.raw)
    return (*pieces, source[at:])


def _blocks(source: str, start: int, env: Env) -> Iterator[tuple[int, Passage]]:
    """Each block of prose as a passage, and where it begins."""
    body = source[start:]
    begins = [start, *(match.end() + start for match in regex.finditer(r"\n", body)), len(source)]
    at = start
    for token in _PARSER.parse(body, env):
        if token.type != "inline" or not token.map:
            continue
        first, last = (begins[min(line, len(begins) - 1)] for line in token.map)
        for content, children in _spellings(token, env):
            lines = SourceLines.of(content, source, max(at, first), last)
            found = read(content, lines, source, children) if lines else None
            if lines and found:
                text, marks, signs = found
                begin, at = lines.at(0), lines.at(len(content))
                yield begin, Passage(text, source[begin:at], marks, _form(signs, env))
                break


def _spellings(token: Token, env: Env) -> Iterator[tuple[str, Sequence[Token]]]:
    r"""The prose of a block as it may stand in the source: in tables, `|` is written `\|`."""
    yield token.content, token.children or ()
    if "|" in token.content:
        content = token.content.replace("|", "\\|")
        yield content, _children(content, env)


def _children(content: str, env: Env) -> Sequence[Token]:
    return [child for block in _PARSER.parseInline(content, env) for child in block.children or ()]


def _form(signs: Sequence[tuple[str, str]], env: Env) -> Escaping:
    return Escaping((partial(_plain, signs=signs), _escaped), partial(_holds, env=env))


def _plain(text: str, signs: Sequence[tuple[str, str]]) -> str:
    """Signs that the source escapes are escaped again."""
    return text.translate({ord(sign): spelt for sign, spelt in signs})


def _escaped(text: str) -> str:
    return str(_SPECIAL.sub(r"\\\g<0>", text))


def _holds(original: str, new: str, env: Env) -> bool:
    """Whether the new spelling has the blocks and the inline markup of the original, in whatever order."""
    if _outline(original) == PARAGRAPH and _outline(new) != PARAGRAPH:
        return False
    return _structure(original, env) == _structure(new, env)


def _outline(text: str) -> list[str]:
    return [token.type for token in _PARSER.parse(text)]


def _structure(text: str, env: Env) -> Counter[tuple[str, ...]]:
    return Counter(
        (
            token.type,
            token.markup,
            token.content if token.type in {"code_inline", "html_inline"} else "",
            *_links(token),
        )
        for token in _children(text, env)
        if token.type not in TEXT_TOKENS
    )


def _links(token: Token) -> list[str]:
    return [f"{name}={value}" for name, value in token.attrs.items() if name in {"href", "src", "title"}]
