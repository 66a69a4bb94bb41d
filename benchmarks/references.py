"""What the checks of translations say of references, and whether they see a name that is swapped in them.

    python -m benchmarks.checker --translations            the directions that the floors speak of
    python -m benchmarks.checker --translations en-ja      others

References are right but for their own slips, so each warning counts as a false alarm. Then one name of each reference
becomes another sentence's, in the reference's own script: a name that is spelt or sounds as in the source, or a place
that both name.
"""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.swapped import Shared, shared, swapped
from summarizer.checking.translation_issues import translation_issues

SETS = Path(__file__).resolve().parents[2] / "shared" / "eval" / "translation"
DIRECTIONS = (
    *("en-fr", "en-de", "en-es", "fr-en"),
    *("en-ru", "ru-en", "en-uk", "en-ar", "ar-en", "en-hi", "en-ko", "en-ja", "ja-en", "en-zh", "zh-en"),
    *("en-tr", "en-vi", "en-id"),
)
HALF = 100
"""Lines of each set that the thresholds of names were chosen on."""

KINDS = (
    "untranslated",
    "wrong_language",
    "repetition",
    "numbers_differ",
    "names_differ",
    "length_differs",
    "sentences_differ",
)


class Line(NamedTuple):
    """A sentence and its reference."""

    source: str
    reference: str


def lines(direction: str) -> list[Line]:
    """The sentences of a direction such as `en-fr`."""
    with (SETS / f"flores-dev.{direction}.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Line(row["source"], row["reference"]) for row in rows]


@cache
def warnings(direction: str) -> tuple[frozenset[str], ...]:
    """The kinds of warning that each line of a direction carries."""
    source, target = direction.split("-")
    return tuple(
        frozenset(fault.kind for fault in translation_issues(*row, source, target)) for row in lines(direction)
    )


def alarms(direction: str) -> dict[str, float]:
    """The share of the lines that carry each kind of warning."""
    found = Counter(kind for kinds in warnings(direction) for kind in kinds)
    return {kind: found[kind] / len(warnings(direction)) for kind in (*KINDS, *(found.keys() - KINDS))}


def halves(direction: str) -> tuple[int, int]:
    """The lines with `names_differ` among those that the thresholds were chosen on, and among the others."""
    hit = ["names_differ" in kinds for kinds in warnings(direction)]
    return sum(hit[:HALF]), sum(hit[HALF:])


def swaps(direction: str) -> list[bool]:
    """Of each line with a name to swap, whether the swapped name is seen."""
    languages = source, target = tuple(direction.split("-"))
    rows, chance = lines(direction), random.Random(7)
    names = [(row, shared(*row, (source, target))) for row in rows]
    others = sorted({name for _, found in names for name in found})
    return [_is_seen(row, found, others, chance, languages) for row, found in names if found]


def _is_seen(
    row: Line, found: Sequence[Shared], others: Sequence[Shared], chance: random.Random, languages: tuple[str, ...]
) -> bool:
    changed = swapped(row.reference, found, others, f"{row.source} {row.reference}".casefold(), chance)
    return any(fault.kind == "names_differ" for fault in translation_issues(row.source, changed, *languages))


def report(directions: Sequence[str]) -> None:
    """Prints a row a direction: the share of lines with any warning of each kind, and of swapped names seen."""
    print(
        "direction", *KINDS, f"names_differ in the first {HALF} lines", "in the rest", "swapped names seen", sep=" | "
    )
    for direction in directions or DIRECTIONS:
        rates, seen = alarms(direction), swaps(direction)
        share = f"{sum(seen)} of {len(seen)} ({sum(seen) / len(seen):.1%})"
        print(direction, *(f"{rate:.1%}" for rate in rates.values()), *halves(direction), share, sep=" | ", flush=True)
