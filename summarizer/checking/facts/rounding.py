"""How a text hedges a number: about, nearly, more than, up to, at least."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import regex

from summarizer.article import Span
from summarizer.checking.facts.tables import any_of, phrases, table

NEAR, ABOUT, OVER = Decimal("0.9"), Decimal("0.05"), Decimal("1.25")
"""How far a number may be below what it nearly is, off what it is about, and above what it is more than."""

BEFORE, AFTER = 24, 16
"""Characters round a number in which its hedge stands."""

KINDS = ("upper", "lower", "over", "about")


@dataclass(frozen=True, slots=True)
class Rounding:
    """A hedge of a number: one of KINDS and its words."""

    kind: str
    text: str

    @property
    def is_limit(self) -> bool:
        """Whether a number without it claims more."""
        return self.kind in {"upper", "lower"}

    def covers(self, exact: Decimal, rounded: Decimal) -> bool:
        """Whether an exact number may be told by the rounded one in these words."""
        if _digits(rounded) >= _digits(exact):
            return False
        if self.kind == "upper":
            return NEAR * rounded <= exact <= rounded
        if self.kind == "about":
            return abs(exact - rounded) <= ABOUT * rounded
        return rounded <= exact <= OVER * rounded


def _digits(number: Decimal) -> int:
    """Digits up to the last that is not zero: 1 of 1,000, 3 of 987."""
    return len(f"{number:f}".replace(".", "").strip("0"))


def rounding(text: str, span: Span, language: str) -> Rounding | None:
    """The hedge of the number at `span`, or None."""
    before, after = _patterns(language)
    found = before.search(text, max(0, span.start - BEFORE), span.start) or after.match(text, span.end)
    if not found:
        return None
    return next(Rounding(kind, found[kind]) for kind in KINDS if found[kind])


@cache
def _patterns(language: str) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    data = table(language).get("words", {})
    body = "|".join(any_of(phrases(data.get(kind, "")), language, name=kind) for kind in KINDS)
    # Between the hedge and its number: a currency, an article; behind a number: what it counts.
    before = regex.compile(rf"(?:{body})[^.!?;:,\p{{Nd}}]{{0,6}}$", regex.IGNORECASE)
    after = rf"[^.!?;:,\p{{Nd}}。，、]{{0,{AFTER}}}?(?:{body})" if data.get("postposed") else r"(?!)"
    return before, regex.compile(after, regex.IGNORECASE)
