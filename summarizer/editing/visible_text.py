"""Text that is safe on a lock screen: no markup, no line breaks, and nothing that a person does not see."""

import regex

_MARKUP = regex.compile(r"</?[A-Za-z][^<>]*>|\*\*|`+")
_UNSEEN = regex.compile(r"[\p{Cc}\p{Co}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters, marks that turn the direction of what follows, and characters without a meaning. The joiners
stay: Persian and Hindi words, and emoji, need them."""


def visible_text(text: str) -> str:
    """The text on one line, without tags, emphasis marks, control characters and marks of direction."""
    line = " ".join(_MARKUP.sub("", text).split())
    return " ".join(_UNSEEN.sub("", line).split())
