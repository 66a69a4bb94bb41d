"""Detects names that a claim swaps with others of the article, and numbers it assigns to another subject.

Both texts are in the same language, which must have capital letters.
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

MIN_RATIO_UNKNOWN, MIN_RATIO_KNOWN = 0.6, 0.8
"""Similarity of claim and evidence (difflib's ratio) from which an unknown word, or a known name, replaces a name."""

MAX_NAME_WORDS = 4
"""Words of the longest name, and words before a verb that are searched for its subject."""

STEM = 5


def misplaced_names(claim: str, sentence: str, article: FactIndex) -> Iterator[Finding]:
    """Yields names of a claim in places where its evidence has other names."""
    if not is_title_case(claim):
        yield from _replaced_names(claim, sentence, article)
        yield from _exchanged_numbers(claim, sentence, article.language)


def changed_actors(shared: SharedNumber) -> Iterator[Finding]:
    """Yields a finding if the claim assigns the number to another subject than its evidence does."""
    if not is_title_case(shared.claim):
        yield from (_finding(*pair) for pair in (*_changed_subjects(shared), *changed_participle_subjects(shared)))


def _replaced_names(claim: str, sentence: str, article: FactIndex) -> Iterator[Finding]:
    claimed, actual = tokens(claim), tokens(sentence)
    matcher = SequenceMatcher(None, [one.stem for one in actual], [one.stem for one in claimed], autojunk=False)
    if matcher.ratio() < MIN_RATIO_UNKNOWN:
        return
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = actual[i1:i2], [token for token in claimed[j1:j2] if token.is_capital]
        if kind != "replace" or not new or max(i2 - i1, j2 - j1) > MAX_NAME_WORDS:
            continue
        if not any(map(article.is_name_word, stems(old))):
            continue
        phrase, evidence = claim[claimed[j1].start : claimed[j2 - 1].end], sentence[old[0].start : old[-1].end]
        if claimed[j1].start == 0 and not (
            i2 - i1 == j2 - j1 == len(new) and all(map(article.is_name_word, stems(old)))
        ):
            continue  # the capital letter may only mark the start of the sentence
        if _letters(phrase) == _letters(evidence):
            continue  # "U. S." for "U.S."
        if any(not article.has_word(stem) for stem in stems(new)):
            yield Finding(FindingKind.NAME, phrase, evidence, f"The article says “{evidence}” here, not “{phrase}”.")
        elif matcher.ratio() >= MIN_RATIO_KNOWN and _are_different_names(new, old, article):
            yield _finding(phrase, evidence)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _are_different_names(new: list[WordToken], old: list[WordToken], article: FactIndex) -> bool:
    """Whether both are names and have no word in common."""
    are_names = all(map(article.is_name_word, stems(new)))
    return are_names and not any(is_form(one, other) for one in stems(new) for other in stems(old))


def _exchanged_numbers(claim: str, sentence: str, language: str) -> Iterator[Finding]:
    """Names that have exchanged their numbers: "40 percent in Iraq and 20 percent in Syria"."""
    numbers = _numbers_by_name(sentence, language)
    for name, (value, phrase) in _numbers_by_name(claim, language).items():
        others = {other for other, (actual, _) in numbers.items() if actual == value}
        if name in numbers and numbers[name][0] != value and others and name not in others:
            yield _finding(phrase, numbers[name][1])


def _numbers_by_name(text: str, language: str) -> dict[Hashable, tuple[Quantity, str]]:
    """The number before each name, with the text from the number to the name; no other name may be between them."""
    pairs: dict[Hashable, tuple[Quantity, str]] = {}
    number: tuple[Quantity, int] | None = None
    for fact in facts(text, language):
        if isinstance(fact.value, Quantity):
            number = (fact.value, fact.span.start)
        elif fact.kind == FactKind.NAME and number:
            pairs.setdefault(fact.value, (number[0], text[number[1] : fact.span.end]))
            number = None
    return pairs


def _changed_subjects(shared: SharedNumber) -> Iterator[tuple[str, str]]:
    """A number whose verb has a name as subject in the claim, and a noun that refers to another name in the article."""
    claimed, actual = tokens(shared.before), tokens(shared.evidence_before)
    while claimed and actual and claimed[-1].stem[:STEM] == actual[-1].stem[:STEM]:
        claimed, actual = claimed[:-1], actual[:-1]
    if not claimed or not actual or claimed[-1].end == len(shared.before.rstrip()):
        return  # no verb in common
    name = [token for token in claimed[-MAX_NAME_WORDS:] if token.is_capital and token.start > 0]
    noun = actual[-1]
    if not name or noun.is_capital or any(token.stem in stems(tokens(shared.sentence)) for token in name):
        return
    if "," in shared.before[name[-1].end :]:
        return  # the number describes the name: "Sanz, 38"
    known = adjacent_name_words(noun.stem, shared.article, shared.language)
    if known and not known & stems(tokens(shared.claim)):
        yield shared.phrases(name[0].start, noun.start)


def _finding(claim: str, evidence: str) -> Finding:
    return Finding(FindingKind.ACTOR, claim, evidence, f"The article says “{evidence}”, not “{claim}”.")
