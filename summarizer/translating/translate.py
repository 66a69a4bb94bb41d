"""Translates texts sentence by sentence, in batches; markup and white space are preserved."""

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from models.model import Model
from summarizer.article import Notice
from summarizer.editions import Pair
from summarizer.languages import is_spaced
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
"""Tokens of the context window reserved for the instruction."""

BATCH_SENTENCES = 16
"""Sentences translated between two progress events; larger batches are hardly faster."""


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """A translated text, its warnings, its sentences in order, and alternative translations."""

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
    single_attempt: bool = False,
) -> list[TranslatedText]:
    """Translates texts completely, preserving their markup, paragraphs and spacing.

    `source` and `target` are tags of the model's card. `on_text` is called with the index and the text of each final
    translation, in order. With `single_attempt`, sentences with issues are not retried. Raises UnsupportedDirection.
    """
    options = options or TranslationOptions()
    terms = tuple(Term(*pair) for pair in options.glossary)
    direction = Direction(model, source, target, terms, options.keep)
    documents = [_Document.of(text, options, direction) for text in texts]
    segments = list(dict.fromkeys(segment for document in documents for segment in document.segments))
    translations = _Translations(direction, {} if memory is None else memory)
    remaining = [segment for segment in segments if not translations.recall(segment)]
    translated: list[TranslatedText] = []

    def finish(*, force: bool) -> None:
        for document in documents[len(translated) :]:
            if not force and not translations.has(document):
                return
            translated.append(document.translated(translations.targets))
            on_text(len(translated) - 1, translated[-1].text)

    for first in range(0, len(remaining), BATCH_SENTENCES):
        watch.progress("translating", first, len(remaining))
        translations.translate(remaining[first : first + BATCH_SENTENCES], watch, single_attempt=single_attempt)
        finish(force=False)
    finish(force=True)
    if options.format != "text" or not options.alternatives:
        return translated
    versions = translations.alternatives(segments, options.alternatives, watch)
    return [
        replace(text, alternatives=document.alternatives(text.text, versions))
        for document, text in zip(documents, translated, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Document:
    """A parsed text, the segments of each of its passages, and what separates sentences that nothing separated."""

    markup: Markup
    slices: dict[Passage, tuple[Slice, ...]]
    separator: str

    @classmethod
    def of(cls, text: str, options: TranslationOptions, direction: Direction) -> "_Document":
        markup = parse(text, options.format, options.tags)
        model = direction.model
        window = model.window - PROMPT_TOKENS
        budget = window // (1 + MAX_GROWTH) if model.card.architecture == "decoder" else window
        splitter = partial(chunks, language=direction.source, budget=max(budget, 1), count=model.count)
        slices = {passage: split_passage(passage, direction.source, options, splitter) for passage in passages(markup)}
        separator = " " if is_spaced(direction.target) and not is_spaced(direction.source) else ""
        return cls(markup, slices, separator)

    @property
    def segments(self) -> list[Segment]:
        """The segments to translate, in order."""
        return [piece.segment for slices in self.slices.values() for piece in slices if piece.segment.has_text]

    def translated(self, targets: MutableMapping[Segment, TargetSegment]) -> TranslatedText:
        rendered: dict[Passage, str] = {}
        warnings: list[Notice] = []
        for passage, slices in reversed(self.slices.items()):  # passages inside another's markup come after it
            if any(piece.segment.has_text for piece in slices):
                segments = [targets.get(piece.segment, TargetSegment.untranslated(piece.segment)) for piece in slices]
                rendering = render(passage, *join_segments(passage, slices, segments, self.separator), rendered)
                if rendering is None:
                    message = f"Left untranslated, because its markup could not be preserved: {passage.text}"
                    warnings.append(Notice("untranslated", message))
                else:
                    rendered[passage] = rendering
        pairs = tuple(
            Pair(piece.segment.text, target.text, target.warnings, imported=target.imported)
            for passage in passages(self.markup)
            for piece in self.slices[passage]
            for target in [targets.get(piece.segment, TargetSegment.untranslated(piece.segment))]
        )
        notices = dict.fromkeys([*(notice for pair in pairs for notice in pair.warnings), *warnings])
        return TranslatedText(join(self.markup, rendered), tuple(notices), pairs)

    def alternatives(self, text: str, versions: Sequence[MutableMapping[Segment, TargetSegment]]) -> tuple[str, ...]:
        """The distinct texts of other versions of the segments, except `text` itself."""
        texts = dict.fromkeys(self.translated(version).text for version in versions)
        return tuple(other for other in texts if other != text)


class _Translations:
    """The translated segments of a request, from the memory and from the model."""

    def __init__(self, direction: Direction, memory: Memory) -> None:
        self.targets: dict[Segment, TargetSegment] = {}
        self._direction = direction
        self._memory = memory
        self._model = model_identity(direction.model)

    def recall(self, segment: Segment) -> bool:
        """Takes a segment from the memory if it passes the checks, an imported translation first."""
        direction = self._direction
        for key in (TranslationKey.imported(segment.text, direction.source, direction.target), self._key(segment)):
            stored = self._memory.get(key)
            target = stored and from_memory(segment, stored, direction.languages, direction.uses(segment))
            if target:
                self.targets[segment] = replace(target, imported=key.model == IMPORTED)
                return True
        return False

    def translate(self, segments: Sequence[Segment], watch: Watch, *, single_attempt: bool) -> None:
        """Translates segments with the model, and stores them in the memory."""
        direction = self._direction
        candidates = best_candidates(direction, segments, watch, single_attempt=single_attempt)
        rows = [(s, candidate, direction.uses(s)) for s, candidate in zip(segments, candidates, strict=True)]
        texts = [
            text
            for segment, candidate, uses in rows
            for text in phrases_to_align(segment, candidate, uses, direction.target)
        ]
        phrases = translate_phrases(direction, texts, watch)
        targets = {
            segment: repair(segment, candidate, direction.languages, uses, phrases) for segment, candidate, uses in rows
        }
        self.targets |= targets
        # After a single attempt, a translation with warnings may still be improved by retries.
        stored = {s: target for s, target in targets.items() if not (single_attempt and target.warnings)}
        self._memory.update({self._key(segment): target for segment, target in stored.items()})

    def alternatives(self, segments: Sequence[Segment], count: int, watch: Watch) -> list[dict[Segment, TargetSegment]]:
        """Samples `count` other versions of all segments; a segment without enough samples repeats its translation."""
        direction = self._direction
        versions = [dict(self.targets) for _ in range(count)]
        for segment, candidates in sampled_candidates(direction, segments, count + 1, watch).items():
            uses = direction.uses(segment)
            targets = [repair(segment, candidate, direction.languages, uses, {}) for candidate in candidates]
            new = [target for target in targets if not target.warnings and target.text != self.targets[segment].text]
            for version, target in zip(versions, new, strict=False):
                version[segment] = target
        return versions

    def has(self, document: _Document) -> bool:
        """Whether all segments of a document are translated."""
        return all(segment in self.targets for segment in document.segments)

    def _key(self, segment: Segment) -> TranslationKey:
        direction = self._direction
        terms = tuple(use.term for use in direction.uses(segment))
        return TranslationKey(segment, direction.source, direction.target, terms, self._model)
