"""What a translation lost put back where it belongs, and markup put round the words it stood on."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from summarizer.article import Notice, Span
from summarizer.translating.alignment import FOUND, gap, locate, stretch
from summarizer.translating.casing import capitals, is_capitals
from summarizer.translating.faults import Candidate, Languages, judged, lost, missed
from summarizer.translating.glossary import Use
from summarizer.translating.placeholders import occurrences
from summarizer.translating.segments import Segment, Target

MORE, ROOM = 2.5, 8
"""A phrase's translation has at most so many times its characters, and so many more."""

TWICE = 2
"""What stands for a token takes at most so many times the token's share of the sentence: the rest is other words."""

SURE = 0.65
"""Likeness from which words are replaced by a glossary's: a wrong place would lose other words."""


def wanted(segment: Segment, candidate: Candidate, uses: Sequence[Use], language: str) -> Iterator[str]:
    """Phrases of the segment whose own translation `finished` needs, to find where they went."""
    yield from (text for span in segment.spans if (text := segment.text[span.start : span.end]).strip())
    yield from lost(segment, candidate.text)
    yield from (
        segment.text[use.span.start : use.span.end]
        for use in uses
        if use.term in missed(uses, candidate.text, language)
    )


def finished(
    segment: Segment, candidate: Candidate, languages: Languages, uses: Sequence[Use], known: Mapping[str, str]
) -> Target:
    """The candidate with all tokens and, where it can be, the glossary's words; `known` has phrases' translations.

    What had to be guessed, and what is still wrong, is told in its warnings.
    """
    if not candidate.text:
        return Target.same(segment, Notice("untranslated", f"Nothing was written for: {segment.text}"))
    guessed: list[Notice] = []
    text = _with_terms(segment, candidate.text, languages, uses, known)
    for token in lost(segment, text):
        text, is_guess = _put_back(segment, text, token, known)
        if is_guess:
            guessed.append(Notice("placeholder_moved", f"Look whether {token} stands in its place in: {text}"))
    faults = candidate.faults
    if text != candidate.text:
        incomplete = (fault for fault in faults if fault.kind == "incomplete")
        faults = (*judged(segment, text, languages, uses).faults, *incomplete)
    found = [Notice(fault.kind, f"{fault.message}: {segment.text}") for fault in faults]
    if is_capitals(segment.without()):
        text = _apart(text, segment.tokens, languages[1])
    kept = tuple(_kept(segment, text))
    spans = tuple(_round(_place(segment, span, text, kept, known), kept) for span in segment.spans)
    return Target(text, spans, kept, (*guessed, *found))


def fitted(segment: Segment, known: Target, languages: Languages, uses: Sequence[Use]) -> Target | None:
    """A translation from a memory as the segment's own; None where a check finds a fault that it is not known with.

    One that was imported says nothing of tokens, which are looked for, nor of markup: a segment with any takes none.
    """
    again = judged(segment, known.text, languages, uses)
    if again.faults and not known.warnings:
        return None
    if (len(known.spans), len(known.kept)) == (len(segment.spans), len(segment.kept)):
        return known
    return None if segment.spans else Target(again.text, kept=tuple(_kept(segment, again.text)))


def _with_terms(
    segment: Segment, text: str, languages: Languages, uses: Sequence[Use], known: Mapping[str, str]
) -> str:
    for term in missed(uses, text, languages[1]):
        for use in (use for use in uses if use.term == term):
            phrase = segment.text[use.span.start : use.span.end]
            span, likeness = locate([_known(known, phrase), phrase], text, _middle(segment, use.span))
            if likeness >= SURE:
                text = text[: span.start] + term.target + text[span.end :]
    return text


def _put_back(segment: Segment, text: str, token: str, known: Mapping[str, str]) -> tuple[str, bool]:
    """The text with a token in place of what was written for it, or else between the words about where it stood."""
    span = segment.kept[segment.tokens.index(token)]
    at, likeness = locate([_known(known, token), token], text, _middle(segment, span))
    is_sized = at.end - at.start <= TWICE * len(token) / len(segment.text) * len(text)
    is_free = not any(_overlap(at, place) for other in segment.tokens for place in occurrences(other, text))
    if likeness >= FOUND and is_sized and is_free:
        return _between(text[: at.start], token, text[at.end :]), False
    place = _outside(segment, text, gap(text, span.start / len(segment.text)))
    return _between(text[:place], token, text[place:]), True


def _between(before: str, token: str, after: str) -> str:
    left = " " if before and before[-1].isalnum() else ""
    right = " " if after and after[0].isalnum() else ""
    return f"{before}{left}{token}{right}{after}"


def _outside(segment: Segment, text: str, place: int) -> int:
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
        at = gap(text, span.start / length)
        return Span(at, at)
    if span in segment.kept:
        return kept[segment.kept.index(span)]
    phrase = segment.text[span.start : span.end]
    found, likeness = locate([_known(known, phrase), phrase], text, _middle(segment, span))
    return found if likeness >= FOUND else stretch(text, span.start / length, span.end / length)


def _round(place: Span, kept: Sequence[Span]) -> Span:
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


def _kept(segment: Segment, text: str) -> Iterator[Span]:
    """Where each token stands, in the order of their like in the segment."""
    places: dict[str, list[Span]] = defaultdict(list)
    for span, token in zip(segment.kept, segment.tokens, strict=True):
        if token not in places:
            places[token] = occurrences(token, text) if token else []
        at = gap(text, span.start / len(segment.text))
        nearest = min(places[token], key=lambda place: abs(place.start - at), default=Span(at, at))
        places[token] = [place for place in places[token] if place != nearest]
        yield nearest


def _apart(text: str, tokens: Sequence[str], language: str) -> str:
    """The text in capitals but for the tokens."""
    pieces, at = [], 0
    places = sorted(
        (span for token in set(filter(None, tokens)) for span in occurrences(token, text)), key=lambda s: s.start
    )
    for span in places:
        if span.start >= at:
            pieces += [capitals(text[at : span.start], language), text[span.start : span.end]]
            at = span.end
    return "".join([*pieces, capitals(text[at:], language)])


def _known(known: Mapping[str, str], phrase: str) -> str:
    """A phrase's own translation, unless the model made more of it than a phrase."""
    said = known.get(phrase, "")
    return said if len(said) <= MORE * len(phrase) + ROOM else ""


def _middle(segment: Segment, span: Span) -> float:
    return (span.start + span.end) / 2 / len(segment.text)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
