"""What differs between two texts that should say the same, in one language or in two."""

from summarizer.checking.facts.fact import Fact
from summarizer.checking.facts.held import FactIndex, fact_index
from summarizer.checking.facts.rounding import rounding
from summarizer.checking.findings import Finding, FindingKind


def compare(source_text: str, source_language: str, target_text: str, target_language: str) -> tuple[Finding, ...]:
    """What a translation lost or added: facts of one text that the other does not hold.

    A fact that is missing has an empty `claim`, one that was added no `evidence`.
    """
    source, target = fact_index(source_text, source_language), fact_index(target_text, target_language)
    return (
        *(
            Finding(FindingKind(fact.kind), "", fact.text, f"The translation does not hold {fact.text}.")
            for fact in _lacking(target, source, source_text)
        ),
        *(
            Finding(FindingKind(fact.kind), fact.text, None, f"The source does not hold {fact.text}.")
            for fact in _lacking(source, target, target_text)
        ),
    )


def _lacking(holder: FactIndex, other: FactIndex, text: str) -> list[Fact]:
    """The facts of `other`, whose text is given, that the holder lacks."""
    return [
        fact
        for fact in other.facts
        if not holder.holds(fact, other.language, rounding(text, fact.span, other.language))
    ]
