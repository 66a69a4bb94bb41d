"""Detects hedges of the evidence that a claim drops: negation, attribution, modality and limits.

Only losses that make a claim stronger are reported: a missing "not", "said", "may" or "up to".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import regex

from summarizer.checking.facts import Fact, numbers
from summarizer.checking.facts.quantities import Quantity
from summarizer.checking.facts.rounding import Rounding, rounding
from summarizer.checking.facts.tables import any_of, phrases, table
from summarizer.checking.facts.units import are_compatible
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.stems import stem, stems, tokens

KINDS = (FindingKind.NEGATION, FindingKind.ATTRIBUTION, FindingKind.MODALITY)

SCOPE = 3
"""Words on each side of a hedge that are in its scope."""

REACH = 2
"""Words around the scope in which another hedge counts as its replacement."""

MIN_SHARED_SCOPE = 0.6
"""Share of the scope that a claim must contain to state the same thing without the hedge."""

MIN_SHARED_CLAIM = 0.7
"""Share of the words of a claim that a sentence must contain for its attribution to apply to the claim."""


@dataclass(frozen=True, slots=True)
class Hedge:
    """A hedge in a text: its kind, its text, and the indices of its first and last word."""

    kind: FindingKind
    text: str
    first: int
    last: int


def hedges(text: str, language: str) -> tuple[Hedge, ...]:
    """Returns the negations, attributions and modal words of a text; none if the language has no table."""
    starts = [match.start() for match in tokens(text, language)]
    result = []
    for kind in KINDS:
        for match in _pattern(kind, language).finditer(text):
            first = sum(start < match.start() for start in starts)
            last = max(sum(start < match.end() for start in starts) - 1, first)
            result.append(Hedge(kind, match.group(), first, last))
    return tuple(result)


def dropped_hedges(evidence: str, claim: str, language: str) -> Iterator[Finding]:
    """Yields the first hedge of each kind that a claim drops from its evidence, both in one language."""
    claim_stems = stems(claim, language)
    claim_hedges = hedges(claim, language)
    reported: set[FindingKind] = set()
    for hedge in hedges(evidence, language):
        scope = _shared_scope(hedge, evidence, claim_stems, language)
        if scope and hedge.kind not in reported and not _is_replaced(hedge, claim_hedges, scope, claim, language):
            reported.add(hedge.kind)
            yield _finding(hedge.kind, hedge.text, _phrase(claim, scope, language))


def dropped_limits(evidence: str, evidence_language: str, claim: str, language: str) -> Iterator[Finding]:
    """Yields limits ("up to 40") whose number a claim states without them, in any two languages."""
    for fact in numbers(claim, language):
        if rounding(claim, fact.span, language):
            continue
        same = [other for other in numbers(evidence, evidence_language) if _is_same(fact, other)]
        limits = [rounding(evidence, other.span, evidence_language) for other in same]
        first = limits[0] if limits else None
        if isinstance(first, Rounding) and all(limit and limit.is_limit for limit in limits):
            yield _finding(FindingKind.LIMIT, f"{first.text.strip()} {same[0].text}", fact.text)


def lost_hedges(evidence: str, evidence_language: str, claim: str, language: str) -> Iterator[Finding]:
    """Yields the kinds of hedges of the evidence that its translation does not have at all."""
    if not (table(evidence_language).get("words") and table(language).get("words")):
        return
    kinds = {hedge.kind for hedge in hedges(claim, language)}
    for kind, text in {hedge.kind: hedge.text for hedge in reversed(hedges(evidence, evidence_language))}.items():
        if kind not in kinds:
            yield _finding(kind, text, claim)


def _shared_scope(hedge: Hedge, evidence: str, claim_stems: set[str], language: str) -> set[str]:
    """The stems in the scope of a hedge that the claim contains; none if they are too few."""
    every = [stem(match.group()) for match in tokens(evidence, language)]
    if hedge.kind == FindingKind.ATTRIBUTION:
        shared = claim_stems & set(every)
        is_covered = len(shared) >= MIN_SHARED_CLAIM * len(claim_stems)
        return shared if is_covered and len(claim_stems) > SCOPE else set()
    before = every[max(0, hedge.first - SCOPE) : hedge.first]
    after = every[hedge.last + 1 : hedge.last + 1 + SCOPE]
    is_postposed = table(language).get("words", {}).get("postposed")
    nearest = (before[-1:] or after[:1]) if is_postposed else (after[:1] or before[-1:])
    scope = {*before, *after}
    shared = scope & claim_stems
    return shared if set(nearest) & claim_stems and len(shared) >= MIN_SHARED_SCOPE * len(scope) else set()


def _is_replaced(hedge: Hedge, claim_hedges: tuple[Hedge, ...], scope: set[str], claim: str, language: str) -> bool:
    """Whether the claim has another hedge of the same kind at the same place."""
    same = [other for other in claim_hedges if other.kind == hedge.kind]
    if hedge.kind == FindingKind.ATTRIBUTION:
        return bool(same)
    places = [at for at, match in enumerate(tokens(claim, language)) if stem(match.group()) in scope]
    return any(min(places) - REACH <= other.last and other.first <= max(places) + REACH for other in same)


def _phrase(claim: str, scope: set[str], language: str) -> str:
    """The claim from the first to the last word in the scope."""
    words = [match for match in tokens(claim, language) if stem(match.group()) in scope]
    return claim[words[0].start() : words[-1].end()]


@cache
def _pattern(kind: FindingKind, language: str) -> regex.Pattern[str]:
    return regex.compile(any_of(phrases(table(language).get("words", {}).get(kind, "")), language), regex.IGNORECASE)


def _is_same(one: Fact, other: Fact) -> bool:
    if not (isinstance(one.value, Quantity) and isinstance(other.value, Quantity)):
        return False
    return one.value.amount == other.value.amount and are_compatible(one.value.unit, other.value.unit)


def _finding(kind: FindingKind, evidence: str, claim: str) -> Finding:
    return Finding(kind, claim, evidence, f"The article says “{evidence}” here; without it, the claim is stronger.")
