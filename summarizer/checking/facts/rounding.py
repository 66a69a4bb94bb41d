"""Finds the hedge of a number: about, nearly, more than, up to, at least."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import regex

from summarizer.article import Span
from summarizer.checking.facts.tables import any_of, phrases, table

NEAR, ABOUT, OVER = Decimal("0.9"), Decimal("0.05"), Decimal("1.25")
"""Tolerances: the lowest share of "nearly", the deviation of "about", and the highest multiple of "more than"."""

BEFORE, AFTER = 24, 16
"""Characters before and after a number that are searched for its hedge."""

KINDS = ("upper", "lower", "over", "about")


@dataclass(frozen=True, slots=True)
class Rounding:
    """A hedge of a number: its kind (one of KINDS) and its text."""

    kind: str
    text: str

    @property
    def is_limit(self) -> bool:
        """Whether the number without the hedge is a stronger claim."""
        return self.kind in {"upper", "lower"}

    def covers(self, exact: Decimal, rounded: Decimal) -> bool:
        """Returns whether the hedged rounded number is a valid rounding of an exact number."""
        if _digits(rounded) >= _digits(exact):
            return False
        if self.kind == "upper":
            return NEAR * rounded <= exact <= rounded
        if self.kind == "about":
            return abs(exact - rounded) <= ABOUT * rounded
        return rounded <= exact <= OVER * rounded


def _digits(number: Decimal) -> int:
    """The number of significant digits: 1 for 1,000, 3 for 987."""
    return len(f"{number:f}".replace(".", "").strip("0"))


def rounding(text: str, span: Span, language: str) -> Rounding | None:
    """Returns the hedge of the number at `span`, or None."""
    before, after = _patterns(language)
    match = before.search(text, max(0, span.start - BEFORE), span.start) or after.match(text, span.end)
    if not match:
        return None
    return next(Rounding(kind, match[kind]) for kind in KINDS if match[kind])


@cache
def _patterns(language: str) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    data = table(language).get("words", {})
    body = "|".join(any_of(phrases(data.get(kind, "")), language, name=kind) for kind in KINDS)
    # A currency or an article may be between a hedge and its number; a counted noun between a number and its hedge.
    before = regex.compile(rf"(?:{body})[^.!?;:,\p{{Nd}}]{{0,6}}$", regex.IGNORECASE)
    after = rf"[^.!?;:,\p{{Nd}}。，、]{{0,{AFTER}}}?(?:{body})" if data.get("postposed") else r"(?!)"
    return before, regex.compile(after, regex.IGNORECASE)
