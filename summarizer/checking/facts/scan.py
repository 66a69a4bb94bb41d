"""The facts of a text, and what differs between two texts that should say the same."""

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.numbers import NUMBER, numbers


def facts(text: str, language: str) -> tuple[Fact, ...]:  # noqa: ARG001 - digits are read the same in all, so far
    """The facts of a text in the language given (BCP 47, or "und"), in order."""
    return tuple(
        Fact(FactKind.NUMBER, next(iter(numbers(match.group()))), match.group(), Span(*match.span()))
        for match in NUMBER.finditer(text)
    )


def compare(source_text: str, source_language: str, target_text: str, target_language: str) -> tuple[Finding, ...]:
    """What a translation lost or added: facts of one text that the other does not hold.

    A fact that is missing has an empty `claim`, one that was added no `evidence`.
    """
    source, target = facts(source_text, source_language), facts(target_text, target_language)
    held, kept = {fact.value for fact in source}, {fact.value for fact in target}
    missing = [
        Finding(FindingKind(fact.kind), "", fact.text, f"The translation does not hold {fact.text}.")
        for fact in source
        if fact.value not in kept
    ]
    added = [
        Finding(FindingKind(fact.kind), fact.text, None, f"The source does not hold {fact.text}.")
        for fact in target
        if fact.value not in held
    ]
    return (*missing, *added)
