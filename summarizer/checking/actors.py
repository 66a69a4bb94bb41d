"""Whether a sentence says of the same names what the article says of them, where the two can be laid side by side.

Both texts are in one language, one with capital letters.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import regex

from summarizer.checking.facts import Fact, FactKind, facts
from summarizer.checking.facts.held import Held
from summarizer.checking.facts.names import is_title_case
from summarizer.checking.facts.quantities import Quantity
from summarizer.checking.facts.sound import folded, is_form
from summarizer.checking.findings import Finding, FindingKind

ALIKE, SAME = 0.6, 0.8
"""Shares of words in one order from which an unknown word replaced a name, and from which one name replaced another."""

LONGEST = 4
"""Words of the longest name, and those before a verb among which its subject is."""

BESIDE = 3
"""Words from a name to the noun that later stands for it: "the Islamic State militant group", then "the group"."""

STEM = 5

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’.][\p{L}\p{M}\p{Nd}]+)*")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        return folded(self.text)

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


def misplaced(claim: str, sentence: str, held: Held, article: str) -> Iterator[Finding]:
    """Names of a claim that stand where its evidence has others. `held` are the article's facts, `article` its text."""
    if is_title_case(claim):
        return
    yield from _replaced(claim, sentence, held)
    yield from _exchanged(claim, sentence, held.language)
    for number in facts(claim, held.language):
        if isinstance(number.value, Quantity):
            yield from _other_subject(claim, number, sentence, article, held.language)


def _replaced(claim: str, sentence: str, held: Held) -> Iterator[Finding]:
    ours, theirs = _tokens(claim), _tokens(sentence)
    matcher = SequenceMatcher(None, [one.stem for one in theirs], [one.stem for one in ours], autojunk=False)
    if matcher.ratio() < ALIKE:
        return
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = theirs[i1:i2], [token for token in ours[j1:j2] if token.is_capital]
        if kind != "replace" or not come or max(i2 - i1, j2 - j1) > LONGEST or not any(map(held.is_name, _stems(gone))):
            continue
        phrase, evidence = claim[ours[j1].start : ours[j2 - 1].end], sentence[gone[0].start : gone[-1].end]
        if ours[j1].start == 0 and not (i2 - i1 == j2 - j1 == len(come) and all(map(held.is_name, _stems(gone)))):
            continue  # the capital letter may be the sentence's
        if any(not held.knows(stem) for stem in _stems(come)):
            yield Finding(FindingKind.NAME, phrase, evidence, f"The article has {evidence} here, not {phrase}.")
        elif matcher.ratio() >= SAME and _are_others(come, gone, held):
            yield _finding(phrase, evidence)


def _are_others(come: list[_Token], gone: list[_Token], held: Held) -> bool:
    """Whether both are names, and have no word in common."""
    are_names = all(map(held.is_name, _stems(come)))
    return are_names and not any(is_form(one, other) for one in _stems(come) for other in _stems(gone))


def _exchanged(claim: str, sentence: str, language: str) -> Iterator[Finding]:
    """Names that have each other's numbers: "40 percent in Iraq and 20 percent in Syria"."""
    held = _numbered(sentence, language)
    for name, (value, phrase) in _numbered(claim, language).items():
        others = {other for other, (theirs, _) in held.items() if theirs == value}
        if name in held and held[name][0] != value and others and name not in others:
            yield _finding(phrase, held[name][1])


def _numbered(text: str, language: str) -> dict[Hashable, tuple[Quantity, str]]:
    """Names with the number before each, where no other name is between, and the words from one to the other."""
    found: dict[Hashable, tuple[Quantity, str]] = {}
    number: tuple[Quantity, int] | None = None
    for fact in facts(text, language):
        if isinstance(fact.value, Quantity):
            number = (fact.value, fact.span.start)
        elif fact.kind == FactKind.NAME and number:
            found.setdefault(fact.value, (number[0], text[number[1] : fact.span.end]))
            number = None
    return found


def _other_subject(claim: str, number: Fact, sentence: str, article: str, language: str) -> Iterator[Finding]:
    """A number whose verb has a name for its subject in the claim, and in the article a noun for another name."""
    same = [fact for fact in facts(sentence, language) if fact.value == number.value]
    if len(same) != 1:
        return
    ours, theirs = _tokens(claim[: number.span.start]), _tokens(sentence[: same[0].span.start])
    while ours and theirs and ours[-1].stem[:STEM] == theirs[-1].stem[:STEM]:
        ours, theirs = ours[:-1], theirs[:-1]
    if not ours or not theirs or ours[-1].end == len(claim[: number.span.start].rstrip()):
        return  # no verb in common
    name = [token for token in ours[-LONGEST:] if token.is_capital and token.start > 0]
    noun = theirs[-1]
    if not name or noun.is_capital or any(token.stem in _stems(_tokens(sentence)) for token in name):
        return
    known = _namesakes(noun.stem, article, language)
    if known and not known & _stems(_tokens(claim)):
        yield _finding(claim[name[0].start : number.span.end], sentence[noun.start : same[0].span.end])


def _namesakes(noun: str, article: str, language: str) -> set[str]:
    """The words of the names that stand beside a noun anywhere in the article."""
    found: set[str] = set()
    tokens = _tokens(article)
    names = [fact.span for fact in facts(article, language) if fact.kind == FactKind.NAME]
    for at, token in enumerate(tokens):
        if token.stem == noun:
            near = [
                other for other in tokens[max(0, at - BESIDE) : at] if article[other.end : token.start].isprintable()
            ]
            found |= {one.stem for one in near if any(name.start <= one.start < name.end for name in names)}
    return found


def _tokens(text: str) -> list[_Token]:
    return [_Token(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def _stems(tokens: list[_Token]) -> set[str]:
    return {token.stem for token in tokens}


def _finding(claim: str, evidence: str) -> Finding:
    return Finding(FindingKind.ACTOR, claim, evidence, f"The article says “{evidence}” of another than “{claim}”.")
