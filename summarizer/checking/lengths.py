"""Compares the length of a translation with the length expected for the language pair."""

import math
import tomllib
from functools import cache
from pathlib import Path

from summarizer.languages import is_spaced, primary

TABLE = Path(__file__).parent / "data" / "lengths.toml"

MAX_DEVIATIONS = 3.5
"""Standard deviations that a ratio may be off. On FLORES, 1 of 3,000 reference translations is off by more."""

CHARACTER_VARIANCE = 1.0
"""Additional variance for a text of one character; a text of n characters adds 1/n of it, as short texts vary more."""

UNKNOWN_DEVIATION = 0.2
"""Standard deviation assumed for languages that were not measured."""


def length_differs(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Returns whether the translation is so long or short that text must be added or missing; BCP 47 tags."""
    if not source or not target:
        return bool(source) != bool(target)
    (_, target_deviation), (_, source_deviation) = _measured(target_language), _measured(source_language)
    ratio = math.log(len(target) / len(source) / expected_length_ratio(source_language, target_language))
    variance = target_deviation**2 + source_deviation**2 + CHARACTER_VARIANCE / len(source)
    return abs(ratio) > MAX_DEVIATIONS * math.sqrt(variance)


def expected_length_ratio(source_language: str, target_language: str) -> float:
    """Returns the mean ratio of the length of a translation to that of its source; BCP 47 tags."""
    return math.exp(_measured(target_language)[0] - _measured(source_language)[0])


def _measured(language: str) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the length relative to English."""
    table = _table()
    similar = "en" if is_spaced(language) else "zh"
    mean, deviation = table.get(primary(language)) or (table[similar][0], UNKNOWN_DEVIATION)
    return mean, deviation


@cache
def _table() -> dict[str, tuple[float, float]]:
    return {
        language: (mean, deviation) for language, (mean, deviation) in tomllib.loads(TABLE.read_text("utf-8")).items()
    }
