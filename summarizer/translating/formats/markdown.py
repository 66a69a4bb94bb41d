"""Markdown (CommonMark with tables and strikethrough): prose becomes passages, all else is preserved byte for byte.

markdown-it finds the blocks and their prose. The position of the prose in the source is found by reading both in
parallel. A block whose prose is not found is not translated.
"""

from collections import Counter
from collections.abc import Iterator, MutableMapping, Sequence
from functools import partial
from typing import Any

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from summarizer.translating.formats.inline import SourceLines, read
from summarizer.translating.formats.literals import LITERAL, enable_literals
from summarizer.translating.passages import Escaping, Markup, Passage

PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]

TEXT_TOKENS = frozenset({"softbreak", "text", "text_special"})
"""Types of tokens that are text, not structure."""

_FRONT = regex.compile(
    r"\A(---|\+\+\+)[ \t]*(?:\r\n|\n|\r).*?(?<=[\r\n])(?:\1|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", regex.DOTALL
)
_SPECIAL = regex.compile(r"[\\`*_{}\[\]<>#|~&!]|\A[-+=]|(?<=\A\p{Nd}{1,9})[.)]")
_PARSER = enable_literals(MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join"))

Env = MutableMapping[str, Any]
"""The link reference definitions of a document, as markdown-it stores them."""


def parse(source: str) -> Markup:
    """Returns the parts of a document; joined, they are the document. Front matter is not translated."""
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
    """Yields each block of prose as a passage, with its offset."""
    body = source[start:]
    begins = [start, *(match.end() + start for match in regex.finditer(r"\r\n|\n|\r", body)), len(source)]
    at = start
    for token in _PARSER.parse(body, env):
        if token.type != "inline" or not token.map:
            continue
        first, last = (begins[min(line, len(begins) - 1)] for line in token.map)
        for content, children in _spellings(token, env):
            lines = SourceLines.of(content, source, max(at, first), last)
            inline = read(content, lines, source, children) if lines else None
            if lines and inline:
                text, marks, signs = inline
                begin, at = lines.at(0), lines.at(len(content))
                yield begin, Passage(text, source[begin:at], marks, _escaping(signs, env))
                break


def _spellings(token: Token, env: Env) -> Iterator[tuple[str, Sequence[Token]]]:
    r"""The ways in which a block's prose may be written in the source: in tables, `|` is written `\|`."""
    yield token.content, token.children or ()
    if "|" in token.content:
        content = token.content.replace("|", "\\|")
        yield content, _children(content, env)


def _children(content: str, env: Env) -> Sequence[Token]:
    return [child for block in _PARSER.parseInline(content, env) for child in block.children or ()]


def _escaping(signs: Sequence[tuple[str, str]], env: Env) -> Escaping:
    return Escaping((partial(_plain, signs=signs), _escaped), partial(_holds, env=env))


def _plain(text: str, signs: Sequence[tuple[str, str]]) -> str:
    """Escapes the characters that the source escapes."""
    return text.translate({ord(sign): escape for sign, escape in signs})


def _escaped(text: str) -> str:
    return str(_SPECIAL.sub(r"\\\g<0>", text))


def _holds(original: str, new: str, env: Env) -> bool:
    """Whether the new source has the blocks and the inline markup of the original, in any order."""
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
            token.content if token.type in {"code_inline", "html_inline", LITERAL} else "",
            *_links(token),
        )
        for token in _children(text, env)
        if token.type not in TEXT_TOKENS
    )


def _links(token: Token) -> list[str]:
    return [f"{name}={value}" for name, value in token.attrs.items() if name in {"href", "src", "title"}]
