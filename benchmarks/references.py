"""Measures the checks of translations: false alarms on references, and detection of swapped names.

    python -m benchmarks.checker --translations            the directions with floors
    python -m benchmarks.checker --translations en-ja      other directions

References are correct except for their own errors, so each warning counts as a false alarm. Then one name of each
reference is replaced by a name from another sentence in the same script: a name with the spelling or sound of the
source, or a place that both mention.
"""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.swapped import SharedName, shared_names, with_swapped_name
from summarizer.checking.translation_issues import translation_issues

DATA = Path(__file__).resolve().parents[2] / "shared" / "eval" / "translation"
DIRECTIONS = (
    *("en-fr", "en-de", "en-es", "fr-en"),
    *("en-ru", "ru-en", "en-uk", "en-ar", "ar-en", "en-hi", "en-ko", "en-ja", "ja-en", "en-zh", "zh-en"),
    *("en-tr", "en-vi", "en-id"),
)
HALF = 100
"""The number of lines of each set on which the thresholds for names were tuned."""

KINDS = (
    "untranslated",
    "wrong_language",
    "repetition",
    "numbers_differ",
    "dates_differ",
    "names_differ",
    "negation_differs",
    "heading_added",
    "length_differs",
    "sentences_differ",
)


class SentencePair(NamedTuple):
    """A sentence and its reference translation."""

    source: str
    reference: str


def read_lines(direction: str) -> list[SentencePair]:
    """Returns the sentences of a direction such as `en-fr`."""
    with (DATA / f"flores-dev.{direction}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [SentencePair(row["source"], row["reference"]) for row in rows]


@cache
def warnings(direction: str) -> tuple[frozenset[str], ...]:
    """Returns the kinds of warnings of each line of a direction."""
    source, target = direction.split("-")
    return tuple(
        frozenset(fault.kind for fault in translation_issues(*row, source, target)) for row in read_lines(direction)
    )


def warning_rates(direction: str) -> dict[str, float]:
    """Returns the share of lines with each kind of warning."""
    counts = Counter(kind for kinds in warnings(direction) for kind in kinds)
    return {kind: counts[kind] / len(warnings(direction)) for kind in (*KINDS, *(counts.keys() - KINDS))}


def counts_by_half(direction: str) -> tuple[int, int]:
    """Returns the number of lines with `names_differ` among those used for tuning, and among the others."""
    hit = ["names_differ" in kinds for kinds in warnings(direction)]
    return sum(hit[:HALF]), sum(hit[HALF:])


def detected_swaps(direction: str) -> list[bool]:
    """Returns for each line with a name to swap whether the swap is detected."""
    languages = source, target = tuple(direction.split("-"))
    rows, rng = read_lines(direction), random.Random(7)
    names = [(row, shared_names(*row, (source, target))) for row in rows]
    others = sorted({name for _, own in names for name in own})
    return [_is_seen(row, own, others, rng, languages) for row, own in names if own]


def _is_seen(
    row: SentencePair,
    own: Sequence[SharedName],
    others: Sequence[SharedName],
    rng: random.Random,
    languages: tuple[str, ...],
) -> bool:
    changed = with_swapped_name(row.reference, own, others, f"{row.source} {row.reference}".casefold(), rng)
    return any(fault.kind == "names_differ" for fault in translation_issues(row.source, changed, *languages))


def report(directions: Sequence[str]) -> None:
    """Prints a row per direction: the share of lines with each kind of warning, and of detected swaps."""
    print(
        "direction",
        *KINDS,
        f"names_differ in the first {HALF} lines",
        "in the rest",
        "swapped names detected",
        sep=" | ",
    )
    for direction in directions or DIRECTIONS:
        rates, detected = warning_rates(direction), detected_swaps(direction)
        share = f"{sum(detected)} of {len(detected)} ({sum(detected) / len(detected):.1%})"
        print(
            direction,
            *(f"{rate:.1%}" for rate in rates.values()),
            *counts_by_half(direction),
            share,
            sep=" | ",
            flush=True,
        )
