"""Candidate translations of a segment, with the issues found in each: general checks, placeholders, glossary terms."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from summarizer.checking.translation_issues import TranslationIssue, translation_issues
from summarizer.translating.glossary import Term, TermUse, contains_term
from summarizer.translating.placeholders import occurrences
from summarizer.translating.segments import Segment

Languages = tuple[str, str]
"""Source and target language, as BCP 47 tags."""


@dataclass(frozen=True, slots=True)
class TranslationCandidate:
    """One translation of a segment, its issues, and the mean log-probability of its tokens."""

    text: str
    issues: tuple[TranslationIssue, ...]
    score: float = 0.0

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key, lower is better: the weight of the issues, then the likelihood."""
        return sum(issue.weight for issue in self.issues), -self.score


def evaluate(
    segment: Segment,
    text: str,
    languages: Languages,
    uses: Sequence[TermUse],
    score: float = 0.0,
    *,
    complete: bool = True,
) -> TranslationCandidate:
    """Returns a translation with its issues, after correcting the case and spacing of its placeholders.

    `complete` is False if the model stopped before the end of the translation.
    """
    for placeholder in dict.fromkeys(segment.placeholder_texts):
        text = _normalize_spelling(text, placeholder)
    issues = [_EMPTY]
    if text:
        prose = segment.without_placeholders(), _remove(segment.placeholder_texts, text)
        issues = list(translation_issues(*prose, *languages))
    if not complete:
        issues.append(TranslationIssue("incomplete", 7, "The model did not finish the translation of"))
    issues += [
        TranslationIssue("placeholder_missing", 4, f"{placeholder} is missing from the translation of")
        for placeholder in missing_placeholders(segment, text)
    ]
    issues += [
        TranslationIssue(
            "glossary_term_missing", 3, f"“{term.source}” is not translated as “{term.target}” in the translation of"
        )
        for term in missing_terms(uses, text, languages[1])
    ]
    return TranslationCandidate(text, tuple(issues), score)


_EMPTY = TranslationIssue("untranslated", 9, "The model returned no translation of")


def missing_placeholders(segment: Segment, text: str) -> Iterator[str]:
    """Yields each placeholder once for every occurrence that is missing from the translation."""
    for placeholder, times in Counter(segment.placeholder_texts).items():
        if placeholder:
            yield from [placeholder] * (times - len(occurrences(placeholder, text)))


def missing_terms(uses: Sequence[TermUse], text: str, language: str) -> list[Term]:
    """Returns the used terms whose prescribed translation is missing."""
    times = Counter(use.term for use in uses)
    return [term for term, count in times.items() if not contains_term(text, term, language, count)]


def _normalize_spelling(text: str, placeholder: str) -> str:
    """Restores the case and spacing of a placeholder: `@ Reuters` becomes `@reuters`."""
    if occurrences(placeholder, text) or not placeholder:
        return text
    loose = r"\s*".join(map(regex.escape, filter(str.strip, placeholder)))
    return str(
        regex.sub(
            rf"(?<![\p{{Latin}}\p{{Nd}}]){loose}(?![\p{{Latin}}\p{{Nd}}])",
            lambda _: placeholder,
            text,
            count=1,
            flags=regex.IGNORECASE,
        )
    )


def _remove(placeholders: Sequence[str], text: str) -> str:
    for placeholder in sorted(set(filter(None, placeholders)), key=len, reverse=True):
        text = text.replace(placeholder, " ")
    return text
