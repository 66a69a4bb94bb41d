"""Whether a sentence says of the same names what the article says of them, where the two can be laid side by side.

Both texts are in one language, one with capital letters.
"""

from collections.abc import Hashable, Iterator
from difflib import SequenceMatcher

from summarizer.checking.facts import FactKind, facts
from summarizer.checking.facts.held import FactIndex
from summarizer.checking.facts.names import is_title_case
from summarizer.checking.facts.quantities import Quantity
from summarizer.checking.facts.sound import is_form
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.participles import changed_participle_subjects
from summarizer.checking.subjects import SharedNumber, WordToken, adjacent_name_words, stems, tokens

ALIKE, SAME = 0.6, 0.8
"""Shares of words in one order from which an unknown word replaced a name, and from which one name replaced another."""

LONGEST = 4
"""Words of the longest name, and those before a verb among which its subject is."""

STEM = 5


def misplaced_names(claim: str, sentence: str, held: FactIndex) -> Iterator[Finding]:
    """Names of a claim that stand where its evidence has others. `held` are the article's facts."""
    if not is_title_case(claim):
        yield from _replaced(claim, sentence, held)
        yield from _exchanged(claim, sentence, held.language)


def changed_actors(shared: SharedNumber) -> Iterator[Finding]:
    """A number that the claim gives to another than its evidence does."""
    if not is_title_case(shared.claim):
        yield from (_finding(*phrases) for phrases in (*_other_subject(shared), *changed_participle_subjects(shared)))


def _replaced(claim: str, sentence: str, held: FactIndex) -> Iterator[Finding]:
    ours, theirs = tokens(claim), tokens(sentence)
    matcher = SequenceMatcher(None, [one.stem for one in theirs], [one.stem for one in ours], autojunk=False)
    if matcher.ratio() < ALIKE:
        return
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = theirs[i1:i2], [token for token in ours[j1:j2] if token.is_capital]
        if kind != "replace" or not come or max(i2 - i1, j2 - j1) > LONGEST or not any(map(held.is_name, stems(gone))):
            continue
        phrase, evidence = claim[ours[j1].start : ours[j2 - 1].end], sentence[gone[0].start : gone[-1].end]
        if ours[j1].start == 0 and not (i2 - i1 == j2 - j1 == len(come) and all(map(held.is_name, stems(gone)))):
            continue  # the capital letter may be the sentence's
        if _letters(phrase) == _letters(evidence):
            continue  # "U. S." for "U.S."
        if any(not held.knows(stem) for stem in stems(come)):
            yield Finding(FindingKind.NAME, phrase, evidence, f"The article has {evidence} here, not {phrase}.")
        elif matcher.ratio() >= SAME and _are_others(come, gone, held):
            yield _finding(phrase, evidence)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _are_others(come: list[WordToken], gone: list[WordToken], held: FactIndex) -> bool:
    """Whether both are names, and have no word in common."""
    are_names = all(map(held.is_name, stems(come)))
    return are_names and not any(is_form(one, other) for one in stems(come) for other in stems(gone))


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


def _other_subject(shared: SharedNumber) -> Iterator[tuple[str, str]]:
    """A number whose verb has a name for its subject in the claim, and in the article a noun for another name."""
    ours, theirs = tokens(shared.before), tokens(shared.evidence_before)
    while ours and theirs and ours[-1].stem[:STEM] == theirs[-1].stem[:STEM]:
        ours, theirs = ours[:-1], theirs[:-1]
    if not ours or not theirs or ours[-1].end == len(shared.before.rstrip()):
        return  # no verb in common
    name = [token for token in ours[-LONGEST:] if token.is_capital and token.start > 0]
    noun = theirs[-1]
    if not name or noun.is_capital or any(token.stem in stems(tokens(shared.sentence)) for token in name):
        return
    if "," in shared.before[name[-1].end :]:
        return  # what is said is said of the person: "Sanz, 38"
    known = adjacent_name_words(noun.stem, shared.article, shared.language)
    if known and not known & stems(tokens(shared.claim)):
        yield shared.phrases(name[0].start, noun.start)


def _finding(claim: str, evidence: str) -> Finding:
    return Finding(FindingKind.ACTOR, claim, evidence, f"The article says “{evidence}” of another than “{claim}”.")
