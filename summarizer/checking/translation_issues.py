"""Detects issues in the translation of a sentence from the pair alone, without a reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import regex

from summarizer.checking.facts import compare
from summarizer.checking.findings import FindingKind
from summarizer.checking.leftovers import is_left_alone, leftover_words
from summarizer.checking.lengths import length_differs
from summarizer.checking.negations import negation_differs
from summarizer.checking.swapped_names import swapped_names
from summarizer.checking.target_language import is_in_language
from summarizer.languages import is_spaced, primary, script
from summarizer.reading import sentences
from summarizer.reading.language import small_words
from summarizer.reading.scripts import COMPOUND, script_counts

COPIED_WORDS = 5
"""Length of the word n-grams shared with the source; a translation is a copy if they cover more than half of it."""

MIN_REPEATS = 3
"""Occurrences in a row from which a phrase is a loop; two for a single word, except function words."""

MAX_NAME_LETTERS = 20
"""Letters in another script that may be names only."""

_HEADING = regex.compile(r"\W*(?:\p{L}+\s){0,2}\p{L}+\s?[:：]\s*\S")
_COLON = regex.compile(r"[:：]")
_MIXED = regex.compile(
    r"\p{L}*(?:\p{Latin}[\p{Cyrillic}\p{Greek}\p{Arabic}]|[\p{Cyrillic}\p{Greek}\p{Arabic}]\p{Latin})\p{L}*"
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_REPEATED_WORD = regex.compile(r"(?<!\w)(\p{L}[\p{L}\p{M}]{4,})(?:[\s,]+\1(?!\w))+", regex.IGNORECASE)
_LOOP = regex.compile(
    rf"(?<!\w)((?:[\p{{L}}\p{{M}}]+[\s,]+){{1,8}})\1{{{MIN_REPEATS - 1},}}|(\p{{L}}{{2,12}}?)\2{{{MIN_REPEATS},}}"
)


@dataclass(frozen=True, slots=True)
class TranslationIssue:
    """An issue: its kind, its weight when translations are ranked, and a message that precedes the source text."""

    kind: str
    weight: int
    message: str


def translation_issues(
    source: str, target: str, source_language: str, target_language: str
) -> Iterator[TranslationIssue]:
    """Yields the issues of `target` as a translation of one sentence; languages as BCP 47 tags."""
    if not target.strip():
        yield TranslationIssue("untranslated", 9, "The model returned no translation of")
        return
    languages = source_language, target_language
    language_issues = list(_language_issues(source, target, *languages))
    yield from language_issues
    if _loops(source, target, target_language):
        yield TranslationIssue("repetition", 6, "Words are repeated in the translation of")
    if numbers_differ(source, target, *languages):
        yield TranslationIssue("numbers_differ", 5, "Check the numbers in the translation of")
    if not language_issues:  # words of another language are no dates, names or negations
        yield from _fact_issues(source, target, *languages)
    if _HEADING.match(target) and not _COLON.search(source):
        yield TranslationIssue("heading_added", 3, "A heading may have been added to the translation of")
    if length_differs(source, target, *languages):
        yield TranslationIssue("length_differs", 3, "Text may be missing from, or added to, the translation of")
    elif _count(target, target_language) > _count(source, source_language) + 1:
        yield TranslationIssue("sentences_differ", 2, "There are additional sentences in the translation of")


def _language_issues(
    source: str, target: str, source_language: str, target_language: str
) -> Iterator[TranslationIssue]:
    """At most one issue: text that is not in the target language."""
    languages = source_language, target_language
    if _is_copied(source, target, source_language) or is_left_alone(source, target, *languages):
        yield TranslationIssue("untranslated", 8, "Source text was copied into the translation of")
    elif not is_in_language(target, target_language) or _is_foreign(source, target, *languages):
        yield TranslationIssue("wrong_language", 7, f"Some text is not in {target_language} in the translation of")
    elif leftover := next(leftover_words(source, target, *languages), ""):
        yield TranslationIssue("untranslated", 6, f"“{leftover}” was left untranslated in the translation of")


def _fact_issues(source: str, target: str, source_language: str, target_language: str) -> Iterator[TranslationIssue]:
    """Dates, names and negations that differ."""
    languages = source_language, target_language
    if dates_differ(source, target, *languages):
        yield TranslationIssue("dates_differ", 5, "Check the dates and weekdays in the translation of")
    for missing, new in islice(swapped_names(source, target, *languages), 1):
        yield TranslationIssue("names_differ", 4, _names_message(missing, new))
    if negation_differs(source, target, *languages):
        yield TranslationIssue("negation_differs", 4, "A negation may be missing from, or added to, the translation of")


def _names_message(missing: str, new: str) -> str:
    if not missing:
        return f"“{new}” may be a wrong name in the translation of"
    return f"“{missing}” may have become {f'“{new}”' if new else 'another name'} in the translation of"


def numbers_differ(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Returns whether one of the two texts contains a number that the other does not."""
    return FindingKind.NUMBER in _differing_kinds(source, target, source_language, target_language)


def dates_differ(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Returns whether one of the two texts contains a date, month or weekday that the other does not."""
    return FindingKind.DATE in _differing_kinds(source, target, source_language, target_language)


def _differing_kinds(source: str, target: str, source_language: str, target_language: str) -> set[FindingKind]:
    return {finding.kind for finding in compare(source, source_language, target, target_language)}


def _count(text: str, language: str) -> int:
    return len(sentences(text, language))


def _is_copied(source: str, target: str, language: str) -> bool:
    """Whether the translation repeats its source; a line that consists of names may do so."""
    words, translated = _WORD.findall(source.casefold()), _WORD.findall(target.casefold())
    has_function_words = any(word in small_words(primary(language)) for word in words)
    if words == translated:
        return has_function_words or any(word.islower() for word in _WORD.findall(source)[1:])
    if len(words) <= COPIED_WORDS or not is_spaced(language):
        return False
    ngrams = set(_ngrams(words))
    return sum(ngram in ngrams for ngram in _ngrams(translated)) > len(translated) / 2


def _ngrams(words: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1))


def _is_foreign(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Whether the translation contains letters of an unexpected script, or none of its own.

    Latin letters are expected everywhere, for names; other scripts only if the source quotes them. All letters of a
    word are of one script.
    """
    own, counts = _scripts_of(target_language), script_counts(target)
    quoted = script_counts(source).keys() - _scripts_of(source_language)
    if counts.keys() - own - quoted - {"Latn"} or any(word not in source for word in _MIXED.findall(target)):
        return True
    return own.isdisjoint(counts) and counts.total() > MAX_NAME_LETTERS


def _scripts_of(language: str) -> frozenset[str]:
    return COMPOUND.get(script(language), frozenset({script(language)}))


def _loops(source: str, target: str, language: str) -> bool:
    function_words = small_words(primary(language))
    repeated = {match[1].casefold() for match in _REPEATED_WORD.finditer(target)} - function_words
    if any(not regex.search(rf"{word}[\s,]+{word}", source, regex.IGNORECASE) for word in repeated):
        return True
    return bool(_LOOP.search(target)) and not _LOOP.search(source)
