"""Translations that are known: what each depends on, and the memory that keeps them beyond a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from models.model import Model
from summarizer.signature import fingerprint, weights_revision
from summarizer.translating.glossary import Term
from summarizer.translating.segments import Segment, TargetSegment

METHOD_VERSION = 1
"""How sentences are asked for and mended; another number finds nothing that an earlier way wrote."""

IMPORTED = ""
"""What stands for a model where a translation is none's: a person wrote it, or another program."""


@dataclass(frozen=True, slots=True)
class TranslationKey:
    """All that a sentence's translation depends on: what a memory keeps it by. `model` is as `identity` names it."""

    segment: Segment
    source: str
    target: str
    terms: tuple[Term, ...]
    model: str

    @classmethod
    def imported(cls, text: str, source: str, target: str) -> "TranslationKey":
        """What a pair is kept by that no model wrote: it counts for all models, with all glossaries."""
        return cls(Segment(text), source, target, (), IMPORTED)


class Memory(Protocol):
    """Keeps translations; those with warnings too, which were tried in all ways, but not for long.

    It raises nothing: a memory at fault knows nothing. A dict is one.
    """

    def get(self, wanted: TranslationKey, /) -> TargetSegment | None:
        """What is known."""

    def update(self, known: Mapping[TranslationKey, TargetSegment], /) -> None:
        """Keeps translations, for a while."""


class LayeredMemory:
    """A request's own translations, over a memory that outlives it."""

    def __init__(self, beyond: Memory) -> None:
        self._own: dict[TranslationKey, TargetSegment] = {}
        self._beyond = beyond

    def get(self, wanted: TranslationKey, /) -> TargetSegment | None:
        """What either knows."""
        return self._own.get(wanted) or self._beyond.get(wanted)

    def update(self, known: Mapping[TranslationKey, TargetSegment], /) -> None:
        """Keeps translations in both."""
        self._own.update(known)
        self._beyond.update(known)


def model_identity(model: Model) -> str:
    """A model, its weights, how it computes, and a digest of how it is asked, in one line."""
    card = model.card
    return f"{card.id}@{weights_revision(card)} {model.backend} #{METHOD_VERSION}.{fingerprint(card)}"
