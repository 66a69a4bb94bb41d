"""Repairs of a translated segment: placeholders are restored, glossary terms inserted, and markup spans aligned."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import regex

from summarizer.article import Notice, Span
from summarizer.translating.alignment import MATCH, locate, nearest_gap, proportional_span
from summarizer.translating.candidates import (
    Languages,
    TranslationCandidate,
    evaluate,
    missing_placeholders,
    missing_terms,
)
from summarizer.translating.casing import is_all_caps, to_all_caps
from summarizer.translating.glossary import TermUse
from summarizer.translating.placeholders import occurrences
from summarizer.translating.segments import Segment, TargetSegment

PHRASE_GROWTH, PHRASE_EXTRA = 2.5, 8
"""A phrase's translation may have at most 2.5 times its characters plus 8; a longer one is more than the phrase."""

PLACEHOLDER_GROWTH = 2
"""Words are replaced by a placeholder if their share of the sentence is at most twice the placeholder's."""

TERM_SIMILARITY = 0.65
"""Minimum similarity at which words are replaced by a glossary term: a wrong match would lose other words."""

_LETTER = r"(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])[\p{L}\p{M}\p{Nd}]"
_WORD_CHARACTER = regex.compile(_LETTER)
_INSIDE_WORD = regex.compile(rf"{_LETTER}(?={_LETTER})")


def phrases_to_align(
    segment: Segment, candidate: TranslationCandidate, uses: Sequence[TermUse], language: str
) -> Iterator[str]:
    """Yields the phrases of the segment that `repair` locates in the translation by their own translations."""
    for span in segment.spans:
        phrase = _whole_words(segment.text, span)
        if span.start < span.end and not any(_covers(placeholder, span) for placeholder in segment.placeholders):
            yield from filter(str.strip, [segment.text[phrase.start : phrase.end]])
    yield from missing_placeholders(segment, candidate.text)
    yield from (
        segment.text[use.span.start : use.span.end]
        for use in uses
        if use.term in missing_terms(uses, candidate.text, language)
    )


def repair(
    segment: Segment,
    candidate: TranslationCandidate,
    languages: Languages,
    uses: Sequence[TermUse],
    phrases: Mapping[str, str],
) -> TargetSegment:
    """Returns the candidate with all placeholders, its glossary terms as far as possible, and aligned spans.

    `phrases` holds translations of `phrases_to_align`. The warnings name guesses and remaining issues.
    """
    if not candidate.text:
        message = f"The model returned no translation of: {segment.text}"
        return TargetSegment.untranslated(segment, Notice("untranslated", message))
    guesses: list[Notice] = []
    text = _apply_terms(segment, candidate.text, languages, uses, phrases)
    for placeholder in missing_placeholders(segment, text):
        text, is_guess = _restore_placeholder(segment, text, placeholder, phrases)
        if is_guess:
            guesses.append(Notice("placeholder_moved", f"Check the position of {placeholder} in: {text}"))
    issues = candidate.issues
    if text != candidate.text:
        incomplete = (issue for issue in issues if issue.kind == "incomplete")
        issues = (*evaluate(segment, text, languages, uses).issues, *incomplete)
    warnings = [Notice(issue.kind, f"{issue.message}: {segment.text}") for issue in issues]
    if is_all_caps(segment.without_placeholders()):
        text = _upper_case_prose(text, segment.placeholder_texts, languages[1])
    placeholders = tuple(_placeholder_spans(segment, text))
    spans = tuple(_aligned(segment, span, text, placeholders, phrases) for span in segment.spans)
    return TargetSegment(text, spans, placeholders, (*guesses, *warnings))


def from_memory(
    segment: Segment, stored: TargetSegment, languages: Languages, uses: Sequence[TermUse]
) -> TargetSegment | None:
    """Returns a stored translation for this segment; None if a check finds an issue and it was stored without any.

    An imported translation has no placeholders or spans: its placeholders are located, and a segment with markup
    cannot use it.
    """
    candidate = evaluate(segment, stored.text, languages, uses)
    if candidate.issues and not stored.warnings:
        return None
    if (len(stored.spans), len(stored.placeholders)) == (len(segment.spans), len(segment.placeholders)):
        return stored
    if segment.spans:
        return None
    return TargetSegment(candidate.text, placeholders=tuple(_placeholder_spans(segment, candidate.text)))


def _apply_terms(
    segment: Segment, text: str, languages: Languages, uses: Sequence[TermUse], phrases: Mapping[str, str]
) -> str:
    for term in missing_terms(uses, text, languages[1]):
        for use in (use for use in uses if use.term == term):
            phrase = segment.text[use.span.start : use.span.end]
            span, similarity = locate([_translation(phrase, phrases), phrase], text, _middle(segment, use.span))
            if similarity >= TERM_SIMILARITY:
                text = text[: span.start] + term.target + text[span.end :]
    return text


def _restore_placeholder(segment: Segment, text: str, placeholder: str, phrases: Mapping[str, str]) -> tuple[str, bool]:
    """Replaces the words that correspond to a placeholder, or else inserts it at its relative position: a guess."""
    source = segment.placeholders[segment.placeholder_texts.index(placeholder)]
    span, similarity = locate([_translation(placeholder, phrases), placeholder], text, _middle(segment, source))
    is_short = span.end - span.start <= PLACEHOLDER_GROWTH * len(placeholder) / len(segment.text) * len(text)
    is_free = not any(_overlap(span, other) for one in segment.placeholder_texts for other in occurrences(one, text))
    if similarity >= MATCH and is_short and is_free:
        return _insert(segment, source, text[: span.start], text[span.end :]), False
    at = _after_placeholder(segment, text, nearest_gap(text, source.start / len(segment.text)))
    return _insert(segment, source, text[:at], text[at:]), True


def _insert(segment: Segment, placeholder: Span, before: str, after: str) -> str:
    """Inserts a placeholder between two texts, without a space on a side where it touches a word in the source."""
    start, end = placeholder.start, placeholder.end
    touches_left = start > 0 and _WORD_CHARACTER.match(segment.text, start - 1)
    left = " " if before and before[-1].isalnum() and not touches_left else ""
    right = " " if after and after[0].isalnum() and not _WORD_CHARACTER.match(segment.text, end) else ""
    return f"{before}{left}{segment.text[start:end]}{right}{after}"


def _after_placeholder(segment: Segment, text: str, offset: int) -> int:
    """The offset, or the end of the placeholder that it is in."""
    for placeholder in segment.placeholder_texts:
        for span in occurrences(placeholder, text) if placeholder else ():
            if span.start < offset < span.end:
                return span.end
    return offset


def _aligned(segment: Segment, span: Span, text: str, placeholders: Sequence[Span], phrases: Mapping[str, str]) -> Span:
    """The span of the translation that corresponds to a span of the segment; in placeholders, to each character."""
    pairs = list(zip(segment.placeholders, placeholders, strict=True))
    both = next((pair for pair in pairs if _covers(pair[0], span)), None)
    if both:
        return Span(_converted(span.start, *both), _converted(span.end, *both))
    located = _outside_placeholders(_located(segment, span, text, phrases), placeholders)
    starts = (_converted(span.start, *pair) for pair in pairs if pair[0].start <= span.start < pair[0].end)
    ends = (_converted(span.end, *pair) for pair in pairs if pair[0].start < span.end <= pair[0].end)
    start, end = next(starts, located.start), next(ends, located.end)
    return Span(min(start, end), max(start, end))


def _converted(offset: int, source: Span, target: Span) -> int:
    """The offset in a placeholder's occurrence in the translation that corresponds to one in the source."""
    return min(target.start + offset - source.start, target.end)


def _located(segment: Segment, span: Span, text: str, phrases: Mapping[str, str]) -> Span:
    length = len(segment.text)
    if span.start == span.end:
        at = nearest_gap(text, span.start / length)
        at += segment.text[: span.start].endswith(" ") and text[at : at + 1] == " "
        return Span(at, at)
    words = _whole_words(segment.text, span)
    phrase = segment.text[words.start : words.end]
    located, similarity = locate([_translation(phrase, phrases), phrase], text, _middle(segment, words))
    if similarity < MATCH:
        located = proportional_span(text, words.start / length, words.end / length)
    return _part(located, (span.start - words.start) / len(phrase), (span.end - words.start) / len(phrase))


def _part(span: Span, start: float, end: float) -> Span:
    """The characters of a span between two relative positions, at least one."""
    length = span.end - span.start
    first = min(round(start * length), max(length - 1, 0))
    return Span(span.start + first, span.start + max(round(end * length), min(first + 1, length)))


def _whole_words(text: str, span: Span) -> Span:
    """The span, extended to whole words in scripts that separate them."""
    start, end = span.start, span.end
    if start < end:
        while start > 0 and _INSIDE_WORD.match(text, start - 1):
            start -= 1
        while end < len(text) and _INSIDE_WORD.match(text, end - 1):
            end += 1
    return Span(start, end)


def _covers(outer: Span, span: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end


def _outside_placeholders(span: Span, placeholders: Sequence[Span]) -> Span:
    """The span, with ends inside a placeholder moved to its edge."""
    start, end = span.start, span.end
    if start == end:
        at = next((other.end for other in placeholders if other.start < start < other.end), start)
        return Span(at, at)
    for other in placeholders:
        if other.start < end < other.end:
            end = other.end
        if other.start < start < other.end:
            start = other.start if start < end else other.end
    return Span(start, max(start, end))


def _placeholder_spans(segment: Segment, text: str) -> Iterator[Span]:
    """The spans of the placeholders in a translation, in the order of the segment's."""
    unused: dict[str, list[Span]] = defaultdict(list)
    for span, placeholder in zip(segment.placeholders, segment.placeholder_texts, strict=True):
        if placeholder not in unused:
            unused[placeholder] = occurrences(placeholder, text) if placeholder else []
        at = nearest_gap(text, span.start / len(segment.text))
        nearest = min(unused[placeholder], key=lambda one: abs(one.start - at), default=Span(at, at))
        unused[placeholder] = [one for one in unused[placeholder] if one != nearest]
        yield nearest


def _upper_case_prose(text: str, placeholders: Sequence[str], language: str) -> str:
    """Converts a text to capitals, except its placeholders."""
    pieces, at = [], 0
    spans = sorted(
        (span for placeholder in set(filter(None, placeholders)) for span in occurrences(placeholder, text)),
        key=lambda span: span.start,
    )
    for span in spans:
        if span.start >= at:
            pieces += [to_all_caps(text[at : span.start], language), text[span.start : span.end]]
            at = span.end
    return "".join([*pieces, to_all_caps(text[at:], language)])


def _translation(phrase: str, phrases: Mapping[str, str]) -> str:
    """A phrase's translation; empty if it is too long to be the phrase alone."""
    translation = phrases.get(phrase, "")
    return translation if len(translation) <= PHRASE_GROWTH * len(phrase) + PHRASE_EXTRA else ""


def _middle(segment: Segment, span: Span) -> float:
    return (span.start + span.end) / 2 / len(segment.text)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
