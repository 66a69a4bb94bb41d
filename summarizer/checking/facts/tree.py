"""Builds a trie pattern that matches any of many phrases and reads common prefixes only once."""

from collections.abc import Iterable
from typing import Any

import regex

Node = dict[str, Any]
"""The possible next characters with their child nodes; the key "" if a phrase may end here."""


def alternation(phrases: Iterable[Iterable[str]]) -> str:
    """Returns a pattern that matches any of the phrases; if one is a prefix of another, the longer is preferred.

    Each phrase is a sequence of patterns, one per character. Without phrases, the pattern matches nothing.
    """
    root: Node = {}
    for phrase in phrases:
        node = root
        for character in phrase:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(root) or r"(?!)"


def escaped_characters(phrase: str) -> list[str]:
    """Returns the escaped characters of a phrase."""
    return [str(regex.escape(character)) for character in phrase]


def _branches(node: Node) -> str:
    branches = [character + _branches(child) for character, child in node.items() if character]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in node else ''}"
