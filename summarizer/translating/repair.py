"""What a translation lost put back where it belongs, and markup put round the words it stood on."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from summarizer.article import Notice, Span
from summarizer.translating.alignment import MATCH, locate, nearest_gap, proportional_span
from summarizer.translating.candidates import Candidate, Languages, evaluate, missing_placeholders, missing_terms
from summarizer.translating.casing import is_all_caps, to_all_caps
from summarizer.translating.glossary import TermUse
from summarizer.translating.placeholders import occurrences
from summarizer.translating.segments import Segment, TargetSegment

PHRASE_GROWTH, PHRASE_EXTRA = 2.5, 8
"""A phrase's translation has at most so many times its characters, and so many more."""

PLACEHOLDER_GROWTH = 2
"""What stands for a token takes at most so many times the token's share of the sentence: the rest is other words."""

REPLACE_LIKENESS = 0.65
"""Likeness from which words are replaced by a glossary's: a wrong place would lose other words."""


def phrases_to_align(segment: Segment, candidate: Candidate, uses: Sequence[TermUse], language: str) -> Iterator[str]:
    """Phrases of the segment whose own translation `finished` needs, to find where they went."""
    yield from (text for span in segment.spans if (text := segment.text[span.start : span.end]).strip())
    yield from missing_placeholders(segment, candidate.text)
    yield from (
        segment.text[use.span.start : use.span.end]
        for use in uses
        if use.term in missing_terms(uses, candidate.text, language)
    )


def repair(
    segment: Segment, candidate: Candidate, languages: Languages, uses: Sequence[TermUse], known: Mapping[str, str]
) -> TargetSegment:
    """The candidate with all tokens and, where it can be, the glossary's words; `known` has phrases' translations.

    What had to be guessed, and what is still wrong, is told in its warnings.
    """
    if not candidate.text:
        return TargetSegment.same(segment, Notice("untranslated", f"Nothing was written for: {segment.text}"))
    guessed: list[Notice] = []
    text = _apply_terms(segment, candidate.text, languages, uses, known)
    for token in missing_placeholders(segment, text):
        text, is_guess = _restore_placeholder(segment, text, token, known)
        if is_guess:
            guessed.append(Notice("placeholder_moved", f"Look whether {token} stands in its place in: {text}"))
    faults = candidate.faults
    if text != candidate.text:
        incomplete = (fault for fault in faults if fault.kind == "incomplete")
        faults = (*evaluate(segment, text, languages, uses).faults, *incomplete)
    found = [Notice(fault.kind, f"{fault.message}: {segment.text}") for fault in faults]
    if is_all_caps(segment.without()):
        text = _upper_case_prose(text, segment.tokens, languages[1])
    kept = tuple(_placeholder_spans(segment, text))
    spans = tuple(_outside_placeholders(_place(segment, span, text, kept, known), kept) for span in segment.spans)
    return TargetSegment(text, spans, kept, (*guessed, *found))


def from_memory(
    segment: Segment, known: TargetSegment, languages: Languages, uses: Sequence[TermUse]
) -> TargetSegment | None:
    """A translation from a memory as the segment's own; None where a check finds a fault that it is not known with.

    One that was imported says nothing of tokens, which are looked for, nor of markup: a segment with any takes none.
    """
    again = evaluate(segment, known.text, languages, uses)
    if again.faults and not known.warnings:
        return None
    if (len(known.spans), len(known.kept)) == (len(segment.spans), len(segment.kept)):
        return known
    return None if segment.spans else TargetSegment(again.text, kept=tuple(_placeholder_spans(segment, again.text)))


def _apply_terms(
    segment: Segment, text: str, languages: Languages, uses: Sequence[TermUse], known: Mapping[str, str]
) -> str:
    for term in missing_terms(uses, text, languages[1]):
        for use in (use for use in uses if use.term == term):
            phrase = segment.text[use.span.start : use.span.end]
            span, likeness = locate([_phrase_translation(known, phrase), phrase], text, _middle(segment, use.span))
            if likeness >= REPLACE_LIKENESS:
                text = text[: span.start] + term.target + text[span.end :]
    return text


def _restore_placeholder(segment: Segment, text: str, token: str, known: Mapping[str, str]) -> tuple[str, bool]:
    """The text with a token in place of what was written for it, or else between the words about where it stood."""
    span = segment.kept[segment.tokens.index(token)]
    at, likeness = locate([_phrase_translation(known, token), token], text, _middle(segment, span))
    is_sized = at.end - at.start <= PLACEHOLDER_GROWTH * len(token) / len(segment.text) * len(text)
    is_free = not any(_overlap(at, place) for other in segment.tokens for place in occurrences(other, text))
    if likeness >= MATCH and is_sized and is_free:
        return _between(text[: at.start], token, text[at.end :]), False
    place = _after_placeholder(segment, text, nearest_gap(text, span.start / len(segment.text)))
    return _between(text[:place], token, text[place:]), True


def _between(before: str, token: str, after: str) -> str:
    left = " " if before and before[-1].isalnum() else ""
    right = " " if after and after[0].isalnum() else ""
    return f"{before}{left}{token}{right}{after}"


def _after_placeholder(segment: Segment, text: str, place: int) -> int:
    """A place that is not inside of another token."""
    for token in segment.tokens:
        for span in occurrences(token, text) if token else ():
            if span.start < place < span.end:
                return span.end
    return place


def _place(segment: Segment, span: Span, text: str, kept: Sequence[Span], known: Mapping[str, str]) -> Span:
    """Where the words of a part of the segment stand in its translation."""
    length = len(segment.text)
    if span.start == span.end:
        at = nearest_gap(text, span.start / length)
        return Span(at, at)
    if span in segment.kept:
        return kept[segment.kept.index(span)]
    phrase = segment.text[span.start : span.end]
    found, likeness = locate([_phrase_translation(known, phrase), phrase], text, _middle(segment, span))
    return found if likeness >= MATCH else proportional_span(text, span.start / length, span.end / length)


def _outside_placeholders(place: Span, kept: Sequence[Span]) -> Span:
    """A place whose ends are in no token."""
    start, end = place.start, place.end
    if start == end:
        at = next((span.end for span in kept if span.start < start < span.end), start)
        return Span(at, at)
    for span in kept:
        if span.start < end < span.end:
            end = span.end
        if span.start < start < span.end:
            start = span.start if start < end else span.end
    return Span(start, max(start, end))


def _placeholder_spans(segment: Segment, text: str) -> Iterator[Span]:
    """Where each token stands, in the order of their like in the segment."""
    places: dict[str, list[Span]] = defaultdict(list)
    for span, token in zip(segment.kept, segment.tokens, strict=True):
        if token not in places:
            places[token] = occurrences(token, text) if token else []
        at = nearest_gap(text, span.start / len(segment.text))
        nearest = min(places[token], key=lambda place: abs(place.start - at), default=Span(at, at))
        places[token] = [place for place in places[token] if place != nearest]
        yield nearest


def _upper_case_prose(text: str, tokens: Sequence[str], language: str) -> str:
    """The text in capitals but for the tokens."""
    pieces, at = [], 0
    places = sorted(
        (span for token in set(filter(None, tokens)) for span in occurrences(token, text)), key=lambda s: s.start
    )
    for span in places:
        if span.start >= at:
            pieces += [to_all_caps(text[at : span.start], language), text[span.start : span.end]]
            at = span.end
    return "".join([*pieces, to_all_caps(text[at:], language)])


def _phrase_translation(known: Mapping[str, str], phrase: str) -> str:
    """A phrase's own translation, unless the model made more of it than a phrase."""
    said = known.get(phrase, "")
    return said if len(said) <= PHRASE_GROWTH * len(phrase) + PHRASE_EXTRA else ""


def _middle(segment: Segment, span: Span) -> float:
    return (span.start + span.end) / 2 / len(segment.text)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
