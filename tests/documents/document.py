"""A document: its fenced blocks, its links, and the anchors of its headings."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]

PATHS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
"""All documents of the project."""

NOT_RUN = "not run: "
"""Precedes the reason, after the language of a block that cannot run here."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the rest of the info string, its text, and its first line."""

    language: str
    info: str
    text: str
    line: int

    @property
    def reason(self) -> str:
        """Why the block cannot run here; "" if it can."""
        return self.info.removeprefix(NOT_RUN) if self.info.startswith(NOT_RUN) else ""


class Document:
    """A document in Markdown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text("utf-8")

    @cached_property
    def _tokens(self) -> list[Token]:
        return _MARKDOWN.parse(self.text)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The fenced blocks, in order."""
        return tuple(_block(token) for token in self._tokens if token.type == "fence")

    @cached_property
    def links(self) -> frozenset[str]:
        """The targets of its links and images."""
        inline = [child for token in self._tokens for child in token.children or ()]
        targets = [token.attrs.get("href") or token.attrs.get("src") for token in inline]
        return frozenset(str(target) for target in targets if target)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The anchors of its headings, in GitHub's format."""
        return frozenset(_anchors(self._headings()))

    def _headings(self) -> Iterator[str]:
        for index, token in enumerate(self._tokens):
            if token.type == "heading_open":
                yield "".join(child.content for child in self._tokens[index + 1].children or ())


def _block(token: Token) -> Block:
    language, _, info = token.info.strip().partition(" ")
    assert token.map
    return Block(language, info, token.content, token.map[0] + 1)


def _anchors(headings: Iterator[str]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for heading in headings:
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        yield f"{name}-{counts[name]}" if counts[name] else name
        counts[name] += 1
