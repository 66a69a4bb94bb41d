"""Reads what a page says of its article in JSON-LD (schema.org)."""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

Element: TypeAlias = Any  # lxml ships no types


def article_body(tree: Element) -> str:
    """Returns the longest `articleBody` of the page's JSON-LD, or an empty text."""
    return max(_texts(tree, "articleBody"), key=len, default="")


def headline(tree: Element) -> str | None:
    """Returns the first `headline` of the page's JSON-LD."""
    return next(_texts(tree, "headline"), None)


def _texts(tree: Element, name: str) -> Iterator[str]:
    """The non-empty texts with this name in all scripts."""
    for script in tree.iter("script"):
        if script.get("type", "").strip().lower() == "application/ld+json":
            yield from (text for node in _nodes(script.text or "") if isinstance(text := node.get(name), str) and text)


def _nodes(content: str) -> Iterator[dict[str, Any]]:
    try:
        values = [json.loads(content, strict=False)]
    except (ValueError, RecursionError):
        return
    while values:
        value = values.pop()
        if isinstance(value, list):
            values += value
        elif isinstance(value, dict):
            values += value.values()
            yield value
