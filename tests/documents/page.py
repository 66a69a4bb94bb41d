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

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
"""Every document of the project."""

NOT_RUN = "not run: "
"""What follows a block's language where the block cannot run here; the reason follows."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the words behind it, its text, and the line it begins on."""

    language: str
    info: str
    text: str
    line: int

    @property
    def reason(self) -> str:
        """Why it does not run here; "" where it does."""
        return self.info.removeprefix(NOT_RUN) if self.info.startswith(NOT_RUN) else ""


class Page:
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
        """Where its links and pictures lead."""
        inline = [child for token in self._tokens for child in token.children or ()]
        found = [token.attrs.get("href") or token.attrs.get("src") for token in inline]
        return frozenset(str(link) for link in found if link)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The names by which its headings are linked to, as GitHub makes them."""
        return frozenset(_anchors(self._headings()))

    def _headings(self) -> Iterator[str]:
        for at, token in enumerate(self._tokens):
            if token.type == "heading_open":
                yield "".join(child.content for child in self._tokens[at + 1].children or ())


def _block(token: Token) -> Block:
    language, _, info = token.info.strip().partition(" ")
    assert token.map
    return Block(language, info, token.content, token.map[0] + 1)


def _anchors(headings: Iterator[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for heading in headings:
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        yield f"{name}-{seen[name]}" if seen[name] else name
        seen[name] += 1
