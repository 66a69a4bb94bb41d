"""Compares the facts of two texts that should say the same, in one language or two."""

from summarizer.checking.facts.fact import Fact
from summarizer.checking.facts.held import FactIndex, fact_index
from summarizer.checking.facts.rounding import rounding
from summarizer.checking.findings import Finding, FindingKind


def compare(source_text: str, source_language: str, target_text: str, target_language: str) -> tuple[Finding, ...]:
    """Returns the facts of each text that the other does not mention.

    A fact missing from the translation has an empty `claim`; an added fact has no `evidence`.
    """
    source, target = fact_index(source_text, source_language), fact_index(target_text, target_language)
    return (
        *(
            Finding(FindingKind(fact.kind), "", fact.text, f"The translation does not mention {fact.text}.")
            for fact in _unmentioned(target, source, source_text)
        ),
        *(
            Finding(FindingKind(fact.kind), fact.text, None, f"The source does not mention {fact.text}.")
            for fact in _unmentioned(source, target, target_text)
        ),
    )


def _unmentioned(index: FactIndex, other: FactIndex, text: str) -> list[Fact]:
    """The facts of `other` (whose text is `text`) that are not in the index."""
    return [
        fact
        for fact in other.facts
        if not index.mentions(fact, other.language, rounding(text, fact.span, other.language))
    ]
