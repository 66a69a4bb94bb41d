"""Words that make a claim weaker, and whether a text lost them: negation, attribution, modality and limits.

Only what makes a claim stronger is found: a "not", "said", "may" or "up to" of the evidence that is gone.
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

NEIGHBOURS = 3
"""Words on each side of a hedge that it bears on."""

REACH = 2
"""Words round what a hedge bears on in which another hedge does the same."""

KEPT = 0.6
"""Share of a hedge's neighbours that a claim has when it says the same without the hedge."""

CLAUSE = 0.7
"""Share of a claim's words that stand in one sentence when it repeats what is attributed there."""


@dataclass(frozen=True, slots=True)
class Hedge:
    """A hedge in a text: its kind, its words, and the places of its words among the text's."""

    kind: FindingKind
    text: str
    first: int
    last: int


def hedges(text: str, language: str) -> tuple[Hedge, ...]:
    """The negations, attributions and modal words of a text; none where the language has no table."""
    starts = [match.start() for match in tokens(text, language)]
    found = []
    for kind in KINDS:
        for match in _pattern(kind, language).finditer(text):
            first = sum(start < match.start() for start in starts)
            last = max(sum(start < match.end() for start in starts) - 1, first)
            found.append(Hedge(kind, match.group(), first, last))
    return tuple(found)


def dropped_hedges(evidence: str, claim: str, language: str) -> Iterator[Finding]:
    """What a claim says more strongly than its evidence, both in one language."""
    said = stems(claim, language)
    kept = hedges(claim, language)
    told: set[FindingKind] = set()
    for hedge in hedges(evidence, language):
        near = _bears_on(hedge, evidence, said, language)
        if near and hedge.kind not in told and not _stands(hedge, kept, near, claim, language):
            told.add(hedge.kind)
            yield _finding(hedge.kind, hedge.text, _phrase(claim, near, language))


def dropped_limits(evidence: str, evidence_language: str, claim: str, language: str) -> Iterator[Finding]:
    """Limits ("up to 40") whose number a claim has without them, in any two languages."""
    for fact in numbers(claim, language):
        if rounding(claim, fact.span, language):
            continue
        same = [other for other in numbers(evidence, evidence_language) if _is_same(fact, other)]
        limits = [rounding(evidence, other.span, evidence_language) for other in same]
        first = limits[0] if limits else None
        if isinstance(first, Rounding) and all(limit and limit.is_limit for limit in limits):
            yield _finding(FindingKind.LIMIT, f"{first.text.strip()} {same[0].text}", fact.text)


def lost_hedges(evidence: str, evidence_language: str, claim: str, language: str) -> Iterator[Finding]:
    """Kinds of hedges that a translation of the evidence no longer has at all."""
    if not (table(evidence_language).get("words") and table(language).get("words")):
        return
    kept = {hedge.kind for hedge in hedges(claim, language)}
    for kind, text in {hedge.kind: hedge.text for hedge in reversed(hedges(evidence, evidence_language))}.items():
        if kind not in kept:
            yield _finding(kind, text, claim)


def _bears_on(hedge: Hedge, evidence: str, said: set[str], language: str) -> set[str]:
    """The words that a hedge bears on, where the claim says them; else none."""
    every = [stem(match.group()) for match in tokens(evidence, language)]
    if hedge.kind == FindingKind.ATTRIBUTION:
        shared = said & set(every)
        return shared if len(shared) >= CLAUSE * len(said) and len(said) > NEIGHBOURS else set()
    before = every[max(0, hedge.first - NEIGHBOURS) : hedge.first]
    after = every[hedge.last + 1 : hedge.last + 1 + NEIGHBOURS]
    is_postposed = table(language).get("words", {}).get("postposed")
    nearest = (before[-1:] or after[:1]) if is_postposed else (after[:1] or before[-1:])
    near = {*before, *after}
    return near & said if set(nearest) & said and len(near & said) >= KEPT * len(near) else set()


def _stands(hedge: Hedge, kept: tuple[Hedge, ...], near: set[str], claim: str, language: str) -> bool:
    """Whether the claim has a hedge of the kind where it says what this one bears on."""
    same = [other for other in kept if other.kind == hedge.kind]
    if hedge.kind == FindingKind.ATTRIBUTION:
        return bool(same)
    places = [at for at, match in enumerate(tokens(claim, language)) if stem(match.group()) in near]
    return any(min(places) - REACH <= other.last and other.first <= max(places) + REACH for other in same)


def _phrase(claim: str, near: set[str], language: str) -> str:
    """The claim from the first to the last of these words."""
    found = [match for match in tokens(claim, language) if stem(match.group()) in near]
    return claim[found[0].start() : found[-1].end()]


@cache
def _pattern(kind: FindingKind, language: str) -> regex.Pattern[str]:
    return regex.compile(any_of(phrases(table(language).get("words", {}).get(kind, "")), language), regex.IGNORECASE)


def _is_same(one: Fact, other: Fact) -> bool:
    if not (isinstance(one.value, Quantity) and isinstance(other.value, Quantity)):
        return False
    return one.value.amount == other.value.amount and are_compatible(one.value.unit, other.value.unit)


def _finding(kind: FindingKind, evidence: str, claim: str) -> Finding:
    return Finding(kind, claim, evidence, f"The article has “{evidence}” here; without it, this claims more.")
