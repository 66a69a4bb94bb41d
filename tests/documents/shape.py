"""Whether an answer in a document has the shape of the one that the service gives."""

import json
from collections.abc import Iterator
from typing import Any

MAPS = {"timings_ms"}
"""Objects whose names are no fields: they are what there was."""


def differences(shown: Any, given: Any, at: str = "answer") -> Iterator[str]:
    """Where two JSON values differ in their fields and types. Null stands for any value, an empty list for any list."""
    if shown is None or given is None:
        return
    if _kind(shown) != _kind(given):
        yield f"{at} is shown as {_kind(shown)} and is {_kind(given)}"
    elif isinstance(shown, dict):
        if at.rpartition(".")[2] not in MAPS:
            yield from (f"{at}.{name} is not there" for name in shown.keys() - given.keys())
            yield from (f"{at}.{name} is not shown" for name in given.keys() - shown.keys())
        for name in shown.keys() & given.keys():
            yield from differences(shown[name], given[name], f"{at}.{name}")
    elif isinstance(shown, list) and given:
        for number, item in enumerate(shown):
            yield from differences(item, given[min(number, len(given) - 1)], f"{at}.{number}")


def events(stream: str) -> list[tuple[str, Any]]:
    """Server-sent events as their names and data."""
    found = []
    for part in stream.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.splitlines() if line and not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def _kind(value: Any) -> str:
    return "a number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
