"""Many phrases as one pattern that reads what they begin with alike once, however many there are."""

from collections.abc import Iterable
from typing import Any

import regex

Node = dict[str, Any]
"""What may stand next, each with the node behind it; "" where a phrase may end."""


def alternation(phrases: Iterable[Iterable[str]]) -> str:
    """A pattern of any of the phrases, the first of those that begin alike, and the longer of two of which one is cut.

    A phrase is given as the patterns of its characters, one after the other. Without phrases nothing matches.
    """
    root: Node = {}
    for phrase in phrases:
        node = root
        for character in phrase:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(root) or r"(?!)"


def escaped_characters(phrase: str) -> list[str]:
    """The patterns of a phrase's characters, each of which stands for itself."""
    return [str(regex.escape(character)) for character in phrase]


def _branches(node: Node) -> str:
    ways = [character + _branches(behind) for character, behind in node.items() if character]
    if not ways:
        return ""
    return f"(?:{'|'.join(ways)}){'?' if '' in node else ''}"
