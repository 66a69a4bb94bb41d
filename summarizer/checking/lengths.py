"""Whether a translation is as long as one of its source is, by what is known of the two languages."""

import math
import tomllib
from functools import cache
from pathlib import Path

from summarizer.languages import is_spaced, primary

TABLE = Path(__file__).parent / "data" / "lengths.toml"

WIDTH = 3.5
"""Standard deviations that a ratio may be off. On FLORES, 1 of 3,000 reference translations is off by more."""

SHORT = 1.0
"""Variance that a text of one character adds; one of n characters adds 1/n of it: short texts vary more."""

UNKNOWN_SPREAD = 0.2
"""Standard deviation for languages that were not measured."""


def length_differs(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Whether words are surely missing from the translation or added to it; BCP 47 tags."""
    if not source or not target:
        return bool(source) != bool(target)
    (_, spread), (_, own_spread) = _measured(target_language), _measured(source_language)
    ratio = math.log(len(target) / len(source) / expected_length_ratio(source_language, target_language))
    return abs(ratio) > WIDTH * math.sqrt(spread**2 + own_spread**2 + SHORT / len(source))


def expected_length_ratio(source_language: str, target_language: str) -> float:
    """How many times as long as its source a translation is in the mean; BCP 47 tags."""
    return math.exp(_measured(target_language)[0] - _measured(source_language)[0])


def _measured(language: str) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the length beside English."""
    table = _table()
    alike = "en" if is_spaced(language) else "zh"
    mean, spread = table.get(primary(language)) or (table[alike][0], UNKNOWN_SPREAD)
    return mean, spread


@cache
def _table() -> dict[str, tuple[float, float]]:
    return {language: (mean, spread) for language, (mean, spread) in tomllib.loads(TABLE.read_text("utf-8")).items()}
