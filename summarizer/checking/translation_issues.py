"""What is wrong with a translation of a sentence, told from the pair alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import regex

from summarizer.checking.facts import compare
from summarizer.checking.findings import FindingKind
from summarizer.checking.lengths import length_differs
from summarizer.checking.swapped_names import swapped_names
from summarizer.checking.target_language import is_in_language
from summarizer.languages import is_spaced, primary, script
from summarizer.reading import sentences
from summarizer.reading.language import small_words
from summarizer.reading.scripts import COMPOUND, script_counts

COPIED = 5
"""Words in a row that a translation may not share with its source, when they are more than half of it."""

LOOP = 3
"""Times that words in a row come again in a loop; a single word, in a language where that is no way to speak: 2."""

NAMES = 20
"""Letters of another script that may be no more than names."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_AGAIN = regex.compile(r"(?<!\w)(\p{L}[\p{L}\p{M}]{4,})(?:[\s,]+\1(?!\w))+", regex.IGNORECASE)
_ROUND = regex.compile(rf"(?<!\w)((?:[\p{{L}}\p{{M}}]+[\s,]+){{1,8}})\1{{{LOOP - 1},}}|(\p{{L}}{{2,12}}?)\2{{{LOOP},}}")


@dataclass(frozen=True, slots=True)
class TranslationIssue:
    """Something wrong: a fixed word for it, how much it weighs when translations are compared, and words for people."""

    kind: str
    weight: int
    message: str


def translation_issues(
    source: str, target: str, source_language: str, target_language: str
) -> Iterator[TranslationIssue]:
    """What is wrong with `target` as a translation of one sentence; languages as BCP 47 tags."""
    if not target.strip():
        yield TranslationIssue("untranslated", 9, "Nothing was written for")
        return
    if _is_copied(source, target, source_language):
        yield TranslationIssue("untranslated", 8, "The words of the source stand in the translation of")
    elif not is_in_language(target, target_language) or _is_foreign(source, target, source_language, target_language):
        yield TranslationIssue("wrong_language", 7, f"Not all is in {target_language} in the translation of")
    if _loops(source, target, target_language):
        yield TranslationIssue("repetition", 6, "Words come again and again in the translation of")
    if numbers_differ(source, target, source_language, target_language):
        yield TranslationIssue("numbers_differ", 5, "Compare the numbers of")
    for gone, come in islice(swapped_names(source, target, source_language, target_language), 1):
        yield TranslationIssue("names_differ", 4, _renaming(gone, come))
    if length_differs(source, target, source_language, target_language):
        yield TranslationIssue("length_differs", 3, "Something may be left out of, or added to, the translation of")
    elif _count(target, target_language) > _count(source, source_language) + 1:
        yield TranslationIssue("sentences_differ", 2, "There are more sentences in the translation of")


def _renaming(gone: str, come: str) -> str:
    if not gone:
        return f"“{come}” may be none of the source's names in the translation of"
    return f"“{gone}” may have become {f'“{come}”' if come else 'another name'} in the translation of"


def numbers_differ(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Whether one of the two states a number that the other does not."""
    differences = compare(source, source_language, target, target_language)
    return any(finding.kind == FindingKind.NUMBER for finding in differences)


def _count(text: str, language: str) -> int:
    return len(sentences(text, language))


def _is_copied(source: str, target: str, language: str) -> bool:
    """Whether the translation repeats its source. A line of names alone does so rightly."""
    words, said = _WORD.findall(source.casefold()), _WORD.findall(target.casefold())
    common = any(word in small_words(primary(language)) for word in words)
    if words == said:
        return common or any(word.islower() for word in _WORD.findall(source)[1:])
    if len(words) <= COPIED or not is_spaced(language):
        return False
    runs = {tuple(words[at : at + COPIED]) for at in range(len(words) - COPIED + 1)}
    shared = sum(tuple(said[at : at + COPIED]) in runs for at in range(len(said) - COPIED + 1))
    return shared > len(said) / 2


def _is_foreign(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Whether the translation holds letters of a script that it has no business with, or none of its own.

    Latin letters spell foreign names everywhere; other scripts come from a source that quotes them.
    """
    own, found = _scripts_of(target_language), script_counts(target)
    quoted = script_counts(source).keys() - _scripts_of(source_language)
    if found.keys() - own - quoted - {"Latn"}:
        return True
    return own.isdisjoint(found) and found.total() > NAMES


def _scripts_of(language: str) -> frozenset[str]:
    return COMPOUND.get(script(language), frozenset({script(language)}))


def _loops(source: str, target: str, language: str) -> bool:
    small = small_words(primary(language))
    again = (match[1].casefold() for match in _AGAIN.finditer(target))
    if any(word not in small and not regex.search(rf"{word}[\s,]+{word}", source, regex.IGNORECASE) for word in again):
        return True
    return bool(_ROUND.search(target)) and not _ROUND.search(source)
