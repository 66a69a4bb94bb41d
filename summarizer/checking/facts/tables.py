"""Reads the tables in data/*.toml: number words, units, hedges and more, one file per language."""

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
    """Returns the table of a language (BCP 47), or one named by its file; an empty table if there is none."""
    path = DATA / f"{primary(name)}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def phrases(cell: str) -> list[str]:
    """Returns the phrases of a cell, which are separated by vertical bars."""
    return [phrase for phrase in cell.split("|") if phrase]


def any_of(alternatives: list[str], language: str, *, name: str | None = None) -> str:
    """Returns a pattern that matches any alternative, the longest first; `*` stands for any letters.

    In languages with spaces it matches whole words, with Korean particles after them and Arabic prefixes before them.
    """
    body = alternation(_patterns(phrase) for phrase in sorted(alternatives, key=len, reverse=True))
    group = f"(?P<{name}>{body})" if name else f"(?:{body})"
    if not is_known_spaced(language):
        return group
    before = r"(?<![\p{L}\p{M}])" + (r"(?:[وفبلك]?(?:ال)?|لل)" if primary(language) == "ar" else "")
    after = "" if primary(language) == "ko" else r"(?:(?<=['’])|(?![\p{L}\p{M}]))"
    return before + group + after


def is_known_spaced(language: str) -> bool:
    """Returns whether the language separates words by spaces; True if it is undetermined."""
    return language == "und" or is_spaced(language)


def _patterns(phrase: str) -> Iterator[str]:
    for character in phrase:
        yield _SPECIAL.get(character) or str(regex.escape(character))
