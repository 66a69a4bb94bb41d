"""What is wrong with a translation of a segment: the checks of the pair, and of what was prescribed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from summarizer.checking.translation_issues import TranslationIssue, translation_issues
from summarizer.translating.glossary import Term, TermUse, contains_term
from summarizer.translating.placeholders import occurrences
from summarizer.translating.segments import Segment

Languages = tuple[str, str]
"""Source and target, as BCP 47 tags."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One translation of a segment, what is wrong with it, and the mean log-probability of its tokens."""

    text: str
    faults: tuple[TranslationIssue, ...]
    score: float = 0.0

    @property
    def rank(self) -> tuple[int, float]:
        """The lower the better: faults count first, then likelihood."""
        return sum(fault.weight for fault in self.faults), -self.score


def evaluate(
    segment: Segment,
    text: str,
    languages: Languages,
    uses: Sequence[TermUse],
    score: float = 0.0,
    *,
    whole: bool = True,
) -> Candidate:
    """A translation with its faults. `whole` says that the model came to an end. Small slips in tokens are mended."""
    for token in dict.fromkeys(segment.tokens):
        text = _normalize_spelling(text, token)
    found = (
        list(translation_issues(segment.without(), _without(text, segment.tokens), *languages)) if text else [_EMPTY]
    )
    if not whole:
        found.append(TranslationIssue("incomplete", 7, "The model did not come to an end on"))
    found += [
        TranslationIssue("placeholder_missing", 4, f"{token} is missing in the translation of")
        for token in missing_placeholders(segment, text)
    ]
    found += [
        TranslationIssue("glossary_term_missing", 3, f"“{term.source}” is not “{term.target}” in the translation of")
        for term in missing_terms(uses, text, languages[1])
    ]
    return Candidate(text, tuple(found), score)


_EMPTY = TranslationIssue("untranslated", 9, "Nothing was written for")


def missing_placeholders(segment: Segment, text: str) -> Iterator[str]:
    """The tokens that a translation holds less often than its segment, one for each time."""
    for token, times in Counter(segment.tokens).items():
        if token:
            yield from [token] * (times - len(occurrences(token, text)))


def missing_terms(uses: Sequence[TermUse], text: str, language: str) -> list[Term]:
    """The terms in use that a translation does not honour."""
    times = Counter(use.term for use in uses)
    return [term for term, count in times.items() if not contains_term(text, term, language, count)]


def _normalize_spelling(text: str, token: str) -> str:
    """A token that came back with other capitals or spaces put right: `@ Reuters` for `@reuters`."""
    if occurrences(token, text) or not token:
        return text
    loose = r"\s*".join(map(regex.escape, filter(str.strip, token)))
    return str(
        regex.sub(
            rf"(?<![\p{{Latin}}\p{{Nd}}]){loose}(?![\p{{Latin}}\p{{Nd}}])",
            lambda _: token,
            text,
            count=1,
            flags=regex.IGNORECASE,
        )
    )


def _without(text: str, tokens: Sequence[str]) -> str:
    for token in sorted(set(filter(None, tokens)), key=len, reverse=True):
        text = text.replace(token, " ")
    return text
