"""Texts into another language, sentence by sentence in batches; markup and what stands between sentences stays."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from models.model import Model
from summarizer.article import Notice
from summarizer.editions import Pair
from summarizer.options import TranslationOptions
from summarizer.reading import chunks
from summarizer.translating.attempts import (
    MAX_GROWTH,
    Direction,
    best_candidates,
    sampled_candidates,
    translate_phrases,
)
from summarizer.translating.formats import parse
from summarizer.translating.glossary import Term
from summarizer.translating.memory import IMPORTED, Memory, TranslationKey, model_identity
from summarizer.translating.passages import Markup, Passage, join, passages, render
from summarizer.translating.repair import from_memory, phrases_to_align, repair
from summarizer.translating.segments import Segment, Slice, TargetSegment, join_segments, split_passage
from summarizer.watch import Watch

PROMPT_TOKENS = 256
"""Tokens of the window kept for the instruction round a sentence."""

BATCH_SENTENCES = 16
"""Sentences translated between two pieces of news for whoever waits; batches hardly gain beyond."""


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """One text in the target language, what is wrong with it, its sentences in order, and other translations of it."""

    text: str
    warnings: tuple[Notice, ...] = ()
    sentences: tuple[Pair, ...] = ()
    alternatives: tuple[str, ...] = ()


def translate(
    model: Model,
    texts: Sequence[str],
    *,
    source: str,
    target: str,
    watch: Watch,
    on_text: Callable[[int, str], None] = lambda _index, _text: None,
    options: TranslationOptions | None = None,
    memory: Memory | None = None,
    once: bool = False,
) -> list[TranslatedText]:
    """Each text in `target`, its markup, paragraphs and spacing kept, nothing left out.

    `source` and `target` are tags of the model's card. `on_text` hears an index and its text when that text is final,
    in order. `once`: what has faults is not tried in other ways. Raises UnsupportedDirection.
    """
    options = options or TranslationOptions()
    terms = tuple(Term(*pair) for pair in options.glossary)
    direction = Direction(model, source, target, terms, options.keep)
    plans = [_Plan.of(text, options, direction) for text in texts]
    asked = dict.fromkeys(segment for plan in plans for segment in plan.segments)
    known = _Translations(direction, {} if memory is None else memory)
    left = [segment for segment in asked if not known.recall(segment)]
    done: list[TranslatedText] = []
    for first in range(0, len(left), BATCH_SENTENCES):
        watch.progress("translating", first, len(left))
        known.learn(left[first : first + BATCH_SENTENCES], watch, once=once)
        while len(done) < len(plans) and known.has(plans[len(done)]):
            done.append(plans[len(done)].translated(known.targets))
            on_text(len(done) - 1, done[-1].text)
    for index in range(len(done), len(plans)):
        done.append(plans[index].translated(known.targets))
        on_text(index, done[-1].text)
    if options.format != "text" or not options.alternatives:
        return done
    others = known.others(list(asked), options.alternatives, watch)
    return [replace(one, alternatives=plan.others(one.text, others)) for plan, one in zip(plans, done, strict=True)]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A document, and the segments of each of its passages."""

    markup: Markup
    slices: dict[Passage, tuple[Slice, ...]]

    @classmethod
    def of(cls, text: str, options: TranslationOptions, direction: Direction) -> "_Plan":
        markup = parse(text, options.format)
        model = direction.model
        room = model.window - PROMPT_TOKENS
        budget = room // (1 + MAX_GROWTH) if model.card.architecture == "decoder" else room
        pieces = partial(chunks, language=direction.source, budget=max(budget, 1), count=model.count)
        found = {
            passage: split_passage(passage, direction.source, options.keep, pieces) for passage in passages(markup)
        }
        return cls(markup, found)

    @property
    def segments(self) -> list[Segment]:
        """What is to be translated, in order."""
        return [piece.segment for slices in self.slices.values() for piece in slices if piece.segment.is_words]

    def translated(self, targets: MutableMapping[Segment, TargetSegment]) -> TranslatedText:
        done: dict[Passage, str] = {}
        warnings: list[Notice] = []
        for passage, slices in reversed(self.slices.items()):  # those in another's markup come behind it
            if any(piece.segment.is_words for piece in slices):
                found = [targets.get(piece.segment, TargetSegment.same(piece.segment)) for piece in slices]
                spelt = render(passage, *join_segments(passage, slices, found), done)
                if spelt is None:
                    warnings.append(Notice("untranslated", f"The markup could not be kept in: {passage.text}"))
                else:
                    done[passage] = spelt
        pairs = tuple(
            Pair(piece.segment.text, target.text, target.warnings, imported=target.imported)
            for passage in passages(self.markup)
            for piece in self.slices[passage]
            for target in [targets.get(piece.segment, TargetSegment.same(piece.segment))]
        )
        notices = dict.fromkeys([*(notice for pair in pairs for notice in pair.warnings), *warnings])
        return TranslatedText(join(self.markup, done), tuple(notices), pairs)

    def others(self, text: str, versions: Sequence[MutableMapping[Segment, TargetSegment]]) -> tuple[str, ...]:
        """The text in other versions of its segments, those that differ."""
        found = dict.fromkeys(self.translated(version).text for version in versions)
        return tuple(other for other in found if other != text)


class _Translations:
    """The translations that a request has, from the memory and from the model."""

    def __init__(self, direction: Direction, memory: Memory) -> None:
        self.targets: dict[Segment, TargetSegment] = {}
        self._direction = direction
        self._memory = memory
        self._model = model_identity(direction.model)

    def recall(self, segment: Segment) -> bool:
        """Whether the memory has it, and the checks find nothing wrong with that: a person's goes before a model's."""
        direction = self._direction
        for asked in (TranslationKey.imported(segment.text, direction.source, direction.target), self._wanted(segment)):
            known = self._memory.get(asked)
            found = known and from_memory(segment, known, (direction.source, direction.target), direction.uses(segment))
            if found:
                self.targets[segment] = replace(found, imported=asked.model == IMPORTED)
                return True
        return False

    def learn(self, segments: Sequence[Segment], watch: Watch, *, once: bool) -> None:
        """Has the model translate segments."""
        direction = self._direction
        candidates = best_candidates(direction, segments, watch, once=once)
        rows = [(s, candidate, direction.uses(s)) for s, candidate in zip(segments, candidates, strict=True)]
        needed = [
            text
            for segment, candidate, uses in rows
            for text in phrases_to_align(segment, candidate, uses, direction.target)
        ]
        found = translate_phrases(direction, needed, watch)
        learnt = {
            segment: repair(segment, candidate, (direction.source, direction.target), uses, found)
            for segment, candidate, uses in rows
        }
        self.targets |= learnt
        self._memory.update({self._wanted(s): target for s, target in learnt.items() if not (once and target.warnings)})

    def others(self, segments: Sequence[Segment], count: int, watch: Watch) -> list[dict[Segment, TargetSegment]]:
        """So many other versions of all segments, drawn by lot; one that has no more versions stays as it is."""
        direction = self._direction
        versions = [dict(self.targets) for _ in range(count)]
        languages = direction.source, direction.target
        for segment, candidates in sampled_candidates(direction, segments, count + 1, watch).items():
            uses = direction.uses(segment)
            targets = [repair(segment, candidate, languages, uses, {}) for candidate in candidates]
            new = [target for target in targets if not target.warnings and target.text != self.targets[segment].text]
            for version, target in zip(versions, new, strict=False):
                version[segment] = target
        return versions

    def has(self, plan: _Plan) -> bool:
        """Whether all of a text is known."""
        return all(segment in self.targets for segment in plan.segments)

    def _wanted(self, segment: Segment) -> TranslationKey:
        direction = self._direction
        terms = tuple(use.term for use in direction.uses(segment))
        return TranslationKey(segment, direction.source, direction.target, terms, self._model)
