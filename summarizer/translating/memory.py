"""Translation memory: the key of a stored translation, and the interface of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from models.model import Model
from summarizer.signature import fingerprint, lexicon_revision, weights_revision
from summarizer.translating.glossary import Term
from summarizer.translating.segments import Segment, TargetSegment

METHOD_VERSION = 2
"""Version of the prompts and repairs; a new number invalidates all stored translations."""

IMPORTED = ""
"""In place of a model: the translation was imported, from a person or another program."""


@dataclass(frozen=True, slots=True)
class TranslationKey:
    """Everything that a segment's translation depends on. `model` is the value of `model_identity`."""

    segment: Segment
    source: str
    target: str
    terms: tuple[Term, ...]
    model: str

    @classmethod
    def imported(cls, text: str, source: str, target: str) -> "TranslationKey":
        """The key of an imported translation, which applies to all models and glossaries."""
        return cls(Segment(text), source, target, (), IMPORTED)


class Memory(Protocol):
    """A store of translations. A plain dict is one.

    Translations with warnings are stored too, after all attempts, but may be discarded early. The methods raise
    nothing: a store that fails finds nothing.
    """

    def get(self, key: TranslationKey, /) -> TargetSegment | None:
        """Returns a stored translation, or None."""

    def update(self, translations: Mapping[TranslationKey, TargetSegment], /) -> None:
        """Stores translations."""


class LayeredMemory:
    """The translations of one request in front of a memory that outlives it."""

    def __init__(self, memory: Memory) -> None:
        self._request: dict[TranslationKey, TargetSegment] = {}
        self._memory = memory

    def get(self, key: TranslationKey, /) -> TargetSegment | None:
        """Returns a translation of this request, or else a stored one."""
        return self._request.get(key) or self._memory.get(key)

    def update(self, translations: Mapping[TranslationKey, TargetSegment], /) -> None:
        """Stores translations in both."""
        self._request.update(translations)
        self._memory.update(translations)


def model_identity(model: Model) -> str:
    """Returns one line with the model's id, weights, arithmetic, prompt version and card digest."""
    card = model.card
    revision = weights_revision(card) + lexicon_revision(card)
    return f"{card.id}@{revision} {model.backend} #{METHOD_VERSION}.{fingerprint(card)}"
