"""The tables of data/*.toml: words for numbers, units and hedges, one file a language."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import regex

from summarizer.checking.facts.tree import alternation
from summarizer.languages import is_spaced, primary

DATA = Path(__file__).parent.parent / "data"

Table = dict[str, Any]

_SPECIAL = {"*": r"[\p{L}\p{M}]*", " ": r"[\s\-‐‑]+"}


@cache
def table(name: str) -> Table:
    """A table by its file's name; for a language (BCP 47) that has none, an empty one."""
    path = DATA / f"{primary(name)}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def phrases(cell: str) -> list[str]:
    """The phrases of a cell, which are parted by bars."""
    return [phrase for phrase in cell.split("|") if phrase]


def any_of(alternatives: list[str], language: str, *, name: str | None = None) -> str:
    """A pattern of any of the phrases, the longest first; `*` at either end stands for more letters.

    In languages with spaces a phrase is whole words; Korean words end in particles, and Arabic ones begin with some.
    """
    body = alternation(_patterns(phrase) for phrase in sorted(alternatives, key=len, reverse=True))
    group = f"(?P<{name}>{body})" if name else f"(?:{body})"
    if not is_known_spaced(language):
        return group
    before = r"(?<![\p{L}\p{M}])" + (r"(?:[وفبلك]?(?:ال)?|لل)" if primary(language) == "ar" else "")
    after = "" if primary(language) == "ko" else r"(?:(?<=['’])|(?![\p{L}\p{M}]))"
    return before + group + after


def is_known_spaced(language: str) -> bool:
    """Whether words are parted by spaces; a language that could not be told is taken to be."""
    return language == "und" or is_spaced(language)


def _patterns(phrase: str) -> Iterator[str]:
    for character in phrase:
        yield _SPECIAL.get(character) or str(regex.escape(character))
