"""Numbers in a text, told apart from how a language writes them: 1,000 = 1.000 = 1 000 = ١٬٠٠٠."""

import unicodedata
from collections import Counter

import regex

NUMBER = regex.compile(r"\p{Nd}+(?:[.,٫٬'’\u00a0\u202f ]\p{Nd}{3}(?!\p{Nd})|[.,٫:]\p{Nd}+)*")


def numbers(text: str) -> Counter[str]:
    """The numbers of a text and how often each stands there, as plain digits without separators.

    "3.5" and "3,5" are both `35`: whether a point parts thousands or decimals depends on the language, and a number
    that was changed differs in its digits.
    """
    return Counter(_digits(match.group()) for match in NUMBER.finditer(text))


def unsupported(text: str, source: str) -> set[str]:
    """The numbers of `text` that `source` does not hold."""
    return set(numbers(text)) - set(numbers(source))


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(char)) for char in number if char.isdigit()).lstrip("0") or "0"
