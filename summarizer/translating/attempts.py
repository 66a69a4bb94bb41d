"""Retries: a segment is translated with one strategy after another until a candidate has no issues."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from models.lexicons.hints import hints
from models.lexicons.lexicon import lexicon_for
from models.model import Model
from models.protocol import Hypothesis
from summarizer.article import Span
from summarizer.languages import is_spaced
from summarizer.reading.chunks import CLAUSE
from summarizer.translating.candidates import TranslationCandidate, evaluate
from summarizer.translating.glossary import Term, TermUse, find_terms
from summarizer.translating.model_text import ModelText, to_model_text
from summarizer.translating.segments import Segment
from summarizer.watch import Watch
from summarizer.writing.generate import generate

MAX_GROWTH, EXTRA_TOKENS = 3, 24
"""A translation may have at most three times its source's tokens plus 24; a longer one means that the model loops."""


@dataclass(frozen=True, slots=True)
class Direction:
    """The model, the source and target language as tags of its card, and the prescribed terms."""

    model: Model
    source: str
    target: str
    terms: tuple[Term, ...] = ()
    keep: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, str]:
        """The source and target language."""
        return self.source, self.target

    def uses(self, segment: Segment) -> tuple[TermUse, ...]:
        """Returns the glossary terms in a segment, except inside placeholders."""
        uses = find_terms(segment.text, self.terms, self.source)
        return tuple(use for use in uses if not any(_overlap(use.span, span) for span in segment.placeholders))

    def hints(self, segment: Segment) -> str:
        """Returns the lexicon's translations of a segment's words, except glossary terms and placeholders."""
        lexicon = lexicon_for(self.model.card, self.source, self.target)
        excluded = [*segment.placeholders, *(use.span for use in self.uses(segment))]
        return hints(lexicon, segment.text, [(span.start, span.end) for span in excluded]) if lexicon else ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A strategy: changes to the decoding, options of `to_model_text`, clause by clause or not, and the samples."""

    decoding: dict[str, float] = field(default_factory=dict)
    coded: bool = False
    sentence_case: bool = False
    by_clause: bool = False
    samples: int = 1


SAMPLED = Attempt({"temperature": 0.6, "top_p": 0.9}, samples=3)

ATTEMPTS = (Attempt(), Attempt({"beam_size": 3}, coded=True, sentence_case=True), SAMPLED, Attempt(by_clause=True))
"""In order; each is run for the segments that have no candidate without issues yet."""


def best_candidates(
    direction: Direction, segments: Sequence[Segment], watch: Watch, *, single_attempt: bool = False
) -> list[TranslationCandidate]:
    """Returns the best candidate of each segment. With `single_attempt`, nothing is retried.

    Raises UnsupportedDirection.
    """
    best: dict[Segment, TranslationCandidate] = {}
    for attempt in ATTEMPTS[:1] if single_attempt else ATTEMPTS:
        remaining = [segment for segment in segments if segment not in best or best[segment].issues]
        for segment, candidate in _run_attempt(direction, remaining, attempt, watch):
            if segment not in best or candidate.rank < best[segment].rank:
                best[segment] = candidate
    return [best[segment] for segment in segments]


def sampled_candidates(
    direction: Direction, segments: Sequence[Segment], samples: int, watch: Watch
) -> dict[Segment, list[TranslationCandidate]]:
    """Samples each segment `samples` times; returns the distinct candidates without issues, the best first."""
    distinct: dict[Segment, dict[str, TranslationCandidate]] = {segment: {} for segment in segments}
    for segment, candidate in _run_attempt(direction, segments, replace(SAMPLED, samples=samples), watch):
        if not candidate.issues:
            distinct[segment].setdefault(candidate.text, candidate)
    return {segment: sorted(by_text.values(), key=lambda one: one.rank) for segment, by_text in distinct.items()}


def translate_phrases(direction: Direction, texts: Sequence[str], watch: Watch) -> dict[str, str]:
    """Translates phrases on their own, so that they can be located in a translated sentence."""
    inputs = [ModelText(Segment(text), text) for text in dict.fromkeys(texts)]
    outputs = _hypotheses(direction, inputs, Attempt(), watch)
    return {text.text: text.restore(output.text) for text, output in zip(inputs, outputs, strict=True)}


def _run_attempt(
    direction: Direction, segments: Sequence[Segment], attempt: Attempt, watch: Watch
) -> list[tuple[Segment, TranslationCandidate]]:
    batch: list[tuple[Segment, list[ModelText]]] = []
    for segment in segments:
        inputs = _model_texts(direction, segment, attempt)
        batch += [(segment, inputs)] * (attempt.samples if inputs else 0)
    outputs = iter(_hypotheses(direction, [text for _, inputs in batch for text in inputs], attempt, watch))
    return [(segment, _candidate(direction, segment, inputs, outputs)) for segment, inputs in batch]


def _model_texts(direction: Direction, segment: Segment, attempt: Attempt) -> list[ModelText]:
    return [
        to_model_text(
            piece,
            direction.uses(piece),
            direction.keep,
            direction.hints(piece),
            coded=attempt.coded,
            sentence_case=attempt.sentence_case,
        )
        for piece in (_clauses(segment) if attempt.by_clause else [segment])
    ]


def _candidate(
    direction: Direction, segment: Segment, inputs: Sequence[ModelText], outputs: Iterator[Hypothesis]
) -> TranslationCandidate:
    """The candidate made of the next hypotheses, one for each input."""
    hypotheses = [next(outputs) for _ in inputs]
    separator = " " if is_spaced(direction.target) else ""
    text = separator.join(piece.restore(output.text) for piece, output in zip(inputs, hypotheses, strict=True))
    score = sum(output.score for output in hypotheses) / len(hypotheses)
    complete = all(output.finish == "end" for output in hypotheses)
    return evaluate(segment, text, direction.languages, direction.uses(segment), score, complete=complete)


def _hypotheses(direction: Direction, inputs: Sequence[ModelText], attempt: Attempt, watch: Watch) -> list[Hypothesis]:
    if not inputs:
        return []
    model = direction.model
    prompts = [
        model.prompt("translate", text.text, source=direction.source, target=direction.target, notes=text.notes)
        for text in inputs
    ]
    max_tokens = max(model.count(text.text) for text in inputs) * MAX_GROWTH + EXTRA_TOKENS
    decoding = model.card.decoding("translate").replace(max_tokens=max_tokens, **attempt.decoding)
    return generate(model, prompts, decoding, watch)


def _clauses(segment: Segment) -> list[Segment]:
    """Splits a segment into clauses, each with words and none within a placeholder; empty if there is only one."""
    ends, at = [0], 0
    for clause in CLAUSE.findall(segment.text):
        at += len(clause)
        is_inside = any(span.start < at < span.end for span in segment.placeholders)
        if not is_inside and segment.slice(ends[-1], at).has_text:
            ends.append(at)
    ends[-1] = len(segment.text)
    return [segment.slice(start, end) for start, end in pairwise(ends)] if ends[1:-1] else []


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
