r"""Finds lone surrogates: halves of a UTF-16 pair, which JSON can escape (`\ud83d`) but which are not characters.

Python's strings can hold them, but no encoding, database or tokenizer accepts them.
"""

import re
from typing import Any

from summarizer.errors import NotText

HINT = "Send both halves of each surrogate pair, or replace the lone half with U+FFFD."

_LONE = re.compile("[\ud800-\udfff]")
_ESCAPE_BYTES = 12
"""The length of the longest escape, a surrogate pair."""
_ESCAPE = re.compile(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\.", re.DOTALL)
"""A surrogate pair, a lone surrogate (the group), or another escape."""


def check_text(value: Any) -> None:
    """Checks all strings in a value parsed from JSON, including the names of fields. Raises NotText."""
    stack = [("", value)]  # not recursive: JSON may be nested as deeply as Python's stack allows
    while stack:
        field, one = stack.pop()
        if isinstance(one, str):
            _check_string(field, one)
        elif isinstance(one, dict):
            for name, inner in one.items():
                _check_string(field, name)
                stack.append((f"{field}.{name}" if field else name, inner))
        elif isinstance(one, list):
            stack.extend((f"{field}.{index}" if field else str(index), inner) for index, inner in enumerate(one))


def _check_string(field: str, text: str) -> None:
    if not text.isascii() and (lone := _LONE.search(text)):
        place = f"`{field}`" if field else "The text"
        raise NotText(f"{place} contains the lone surrogate \\u{ord(lone[0]):04x} at character {lone.start()}.", HINT)


class EscapeScanner:
    """Scans JSON that arrives in chunks, for parsers that replace lone surrogates."""

    def __init__(self) -> None:
        self._rest = b""

    def scan(self, chunk: bytes) -> None:
        """Scans the next chunk; an empty one ends the JSON. Raises NotText."""
        data = self._rest + chunk
        end = max(len(data) - _ESCAPE_BYTES, 0) if chunk else len(data)  # a later escape may continue in the next chunk
        at = end
        for match in _ESCAPE.finditer(data):
            if match.start() >= end:
                break
            if match[1]:
                raise NotText(f"The body contains the lone surrogate {match[1].decode(errors='replace')}.", HINT)
            at = max(at, match.end())
        self._rest = data[at:]
