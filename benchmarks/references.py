"""What the checks of translations say of references, and whether they see a name that is swapped in them.

    python -m benchmarks.checker --translations            the directions that the floors speak of
    python -m benchmarks.checker --translations en-ja      others

References are right but for their own slips, so each warning counts as a false alarm. In those between two languages in
Latin letters, one name that is spelt as in the source, or is a place that it names, becomes one of another sentence's.
"""

import csv
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name
from summarizer.checking.pairs import faults
from summarizer.languages import script

SETS = Path(__file__).resolve().parents[2] / "shared" / "eval" / "translation"
DIRECTIONS = ("en-fr", "en-de", "en-es", "fr-en", "en-ru", "en-zh", "en-ar")
KINDS = (
    "untranslated",
    "wrong_language",
    "repeats",
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


def alarms(direction: str) -> dict[str, float]:
    """The share of the lines that carry each kind of warning."""
    rows, found = lines(direction), Counter[str]()
    for row in rows:
        found.update({fault.kind for fault in faults(*row, *direction.split("-"))})
    return {kind: found[kind] / len(rows) for kind in (*KINDS, *(found.keys() - KINDS))}


def swaps(direction: str) -> list[bool]:
    """Of each line with a name to swap, whether the swapped name is seen; none unless both languages are in Latin."""
    source, target = direction.split("-")
    if not script(source) == script(target) == "Latn":
        return []
    rows, chance = lines(direction), random.Random(7)
    names = [(row, list(_same(row, source, target))) for row in rows]
    others = sorted({name for _, found in names for name in found})
    return [_is_seen(row, chance.choice(found), others, chance, (source, target)) for row, found in names if found]


def _same(row: Line, source: str, target: str) -> Iterator[str]:
    """The reference's names that the source spells alike, or, being places, names too."""
    places = {fact.value.place for fact in facts(row.source, source) if isinstance(fact.value, Name)} - {""}
    for fact in facts(row.reference, target):
        if isinstance(fact.value, Name) and (fact.value.place in places or fact.text in row.source):
            yield fact.text


def _is_seen(row: Line, name: str, others: Sequence[str], chance: random.Random, languages: tuple[str, str]) -> bool:
    whole = f"{row.source} {row.reference}".casefold()
    fresh = [other for other in others if not any(word in whole for word in other.casefold().split())]
    swapped = row.reference.replace(name, chance.choice(fresh))
    return any(fault.kind == "names_differ" for fault in faults(row.source, swapped, *languages))


def report(directions: Sequence[str]) -> None:
    """Prints a row a direction: the share of lines with any warning of each kind, and of swapped names seen."""
    print("direction", *KINDS, "swapped names seen", sep=" | ")
    for direction in directions or DIRECTIONS:
        rates, seen = alarms(direction), swaps(direction)
        share = f"{sum(seen)} of {len(seen)} ({sum(seen) / len(seen):.1%})" if seen else "-"
        print(direction, *(f"{rate:.1%}" for rate in rates.values()), share, sep=" | ")
