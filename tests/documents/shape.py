"""Compares the shape of a response in a document with the service's response."""

import json
from collections.abc import Iterator
from typing import Any

MAPS = {"timings_ms"}
"""Objects with arbitrary keys."""


def differences(documented: Any, actual: Any, at: str = "answer") -> Iterator[str]:
    """Differences in fields and types. Null matches any value, an empty list any list."""
    if documented is None or actual is None:
        return
    if _type(documented) != _type(actual):
        yield f"{at} is documented as {_type(documented)} but is {_type(actual)}"
    elif isinstance(documented, dict):
        if at.rpartition(".")[2] not in MAPS:
            yield from (f"{at}.{name} is missing" for name in documented.keys() - actual.keys())
            yield from (f"{at}.{name} is not documented" for name in actual.keys() - documented.keys())
        for name in documented.keys() & actual.keys():
            yield from differences(documented[name], actual[name], f"{at}.{name}")
    elif isinstance(documented, list) and actual:
        for index, item in enumerate(documented):
            yield from differences(item, actual[min(index, len(actual) - 1)], f"{at}.{index}")


def events(stream: str) -> list[tuple[str, Any]]:
    """Parses server-sent events into pairs of name and data."""
    result = []
    for part in stream.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.splitlines() if line and not line.startswith(":"))
        if lines:
            result.append((lines["event"], json.loads(lines["data"])))
    return result


def _type(value: Any) -> str:
    return "a number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
