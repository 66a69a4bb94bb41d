"""Text for a lock screen: without markup, line breaks and invisible characters."""

import regex

_MARKUP = regex.compile(r"</?[A-Za-z][^<>]*>|\*\*|`+")
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Co}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters, bidirectional controls, and unassigned characters.

The joiners are not among them: Persian and Hindi words, and emoji, need them.
"""


def visible_text(text: str) -> str:
    """Returns the text on one line, without tags, emphasis marks, control characters and bidirectional controls."""
    line = " ".join(_MARKUP.sub("", text).split())
    return " ".join(_INVISIBLE.sub("", line).split())
