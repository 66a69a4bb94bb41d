"""A sentence's translations: asked for in one way after another until one has no faults, and the best is taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from models.model import Model
from models.protocol import Hypothesis
from summarizer.article import Span
from summarizer.languages import is_spaced
from summarizer.reading.chunks import CLAUSE
from summarizer.translating.candidates import Candidate, evaluate
from summarizer.translating.glossary import Term, TermUse, find_terms
from summarizer.translating.model_text import ModelText, to_model_text
from summarizer.translating.segments import Segment
from summarizer.watch import Watch
from summarizer.writing.generate import generate

MAX_GROWTH, EXTRA_TOKENS = 3, 24
"""A translation may have three times its source's tokens and 24 more; beyond, the model is going in circles."""


@dataclass(frozen=True, slots=True)
class Direction:
    """The model, the two languages by its card's tags, and the words that are prescribed."""

    model: Model
    source: str
    target: str
    terms: tuple[Term, ...] = ()
    keep: tuple[str, ...] = ()

    def uses(self, segment: Segment) -> tuple[TermUse, ...]:
        """The terms in a segment, those in what stays left out."""
        found = find_terms(segment.text, self.terms, self.source)
        apart = (use for use in found if not any(_overlap(use.span, kept) for kept in segment.kept))
        return tuple(apart)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a sentence is asked for: `view`'s options, its clauses one by one, several times."""

    decoding: dict[str, float] = field(default_factory=dict)
    coded: bool = False
    plain: bool = False
    parts: bool = False
    times: int = 1


SAMPLED = Attempt({"temperature": 0.6, "top_p": 0.9}, times=3)

ATTEMPTS = (Attempt(), Attempt({"beam_size": 3}, coded=True, plain=True), SAMPLED, Attempt(parts=True))
"""In this order, each for the sentences that none before it did well."""


def best_candidates(
    direction: Direction, segments: Sequence[Segment], watch: Watch, *, once: bool = False
) -> list[Candidate]:
    """The best translation of each segment that was come by, or the first. Raises UnsupportedDirection."""
    found: dict[Segment, Candidate] = {}
    for way in ATTEMPTS[:1] if once else ATTEMPTS:
        left = [segment for segment in segments if segment not in found or found[segment].faults]
        for segment, candidate in _run_attempt(direction, left, way, watch):
            if segment not in found or candidate.rank < found[segment].rank:
                found[segment] = candidate
    return [found[segment] for segment in segments]


def sampled_candidates(
    direction: Direction, segments: Sequence[Segment], times: int, watch: Watch
) -> dict[Segment, list[Candidate]]:
    """Translations of each segment that were drawn so many times and have no faults, each once, the best first."""
    found: dict[Segment, dict[str, Candidate]] = {segment: {} for segment in segments}
    for segment, candidate in _run_attempt(direction, segments, replace(SAMPLED, times=times), watch):
        if not candidate.faults:
            found[segment].setdefault(candidate.text, candidate)
    return {segment: sorted(several.values(), key=lambda one: one.rank) for segment, several in found.items()}


def translate_phrases(direction: Direction, texts: Sequence[str], watch: Watch) -> dict[str, str]:
    """Each text translated by itself: to find out where it went in a sentence."""
    views = [ModelText(Segment(text), text) for text in dict.fromkeys(texts)]
    answers = _hypotheses(direction, views, Attempt(), watch)
    return {view.text: view.read(answer.text) for view, answer in zip(views, answers, strict=True)}


def _run_attempt(
    direction: Direction, segments: Sequence[Segment], way: Attempt, watch: Watch
) -> list[tuple[Segment, Candidate]]:
    asked: list[tuple[Segment, list[ModelText]]] = []
    for segment in segments:
        pieces = _clauses(segment) if way.parts else [segment]
        views = [
            to_model_text(piece, direction.uses(piece), direction.keep, coded=way.coded, plain=way.plain)
            for piece in pieces
        ]
        asked += [(segment, views)] * (way.times if views else 0)
    answers = iter(_hypotheses(direction, [view for _, views in asked for view in views], way, watch))
    between = " " if is_spaced(direction.target) else ""
    tried = []
    for segment, views in asked:
        here = [next(answers) for _ in views]
        text = between.join(view.read(answer.text) for view, answer in zip(views, here, strict=True))
        whole = all(answer.finish == "end" for answer in here)
        score = sum(answer.score for answer in here) / len(here)
        languages = direction.source, direction.target
        tried.append((segment, evaluate(segment, text, languages, direction.uses(segment), score, whole=whole)))
    return tried


def _hypotheses(direction: Direction, views: Sequence[ModelText], way: Attempt, watch: Watch) -> list[Hypothesis]:
    if not views:
        return []
    model = direction.model
    prompts = [
        model.prompt("translate", view.text, source=direction.source, target=direction.target, notes=view.notes)
        for view in views
    ]
    longest = max(model.count(view.text) for view in views) * MAX_GROWTH + EXTRA_TOKENS
    return generate(model, prompts, model.card.decoding("translate").replace(max_tokens=longest, **way.decoding), watch)


def _clauses(segment: Segment) -> list[Segment]:
    """The clauses of a segment that has several; none is cut in what stays, and each has words."""
    ends, at = [0], 0
    for clause in CLAUSE.findall(segment.text):
        at += len(clause)
        is_cut = any(kept.start < at < kept.end for kept in segment.kept)
        if not is_cut and segment.part(ends[-1], at).is_words:
            ends.append(at)
    ends[-1] = len(segment.text)
    return [segment.part(start, end) for start, end in pairwise(ends)] if ends[1:-1] else []


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
