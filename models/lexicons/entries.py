"""The value of a lexicon entry, and its serialized form."""

from collections.abc import Iterable
from dataclasses import dataclass

_SEPARATOR = "\t"
_ZERO = ord(_SEPARATOR) + 1


@dataclass(frozen=True, slots=True)
class Translation:
    """A translation of a phrase, and its share of the phrase's occurrences in the training data, in percent."""

    text: str
    percent: int


def pack(translations: Iterable[Translation]) -> bytes:
    """Serializes translations, best first: one character for the percentage, then the text."""
    return _SEPARATOR.join(f"{chr(_ZERO + each.percent)}{each.text}" for each in translations).encode()


def unpack(packed: bytes) -> tuple[Translation, ...]:
    """Parses what `pack` returns."""
    return tuple(Translation(part[1:], ord(part[0]) - _ZERO) for part in packed.decode().split(_SEPARATOR))
