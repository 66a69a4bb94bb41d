"""Which rows are trained on, and how often: balanced between directions, human references before systems' outputs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from training.corpus import HUMAN, ORIGINS
from training.settings import Data


@dataclass(frozen=True, slots=True)
class Entry:
    """A sound row of the corpus by its number, with the keys of its sides."""

    number: int
    direction: str
    origin: str
    source: int
    target: int


def quotas(counts: Mapping[str, int], rows: int, temperature: float, repeats: int) -> dict[str, int]:
    """How many rows each direction gets: in proportion to count ** (1 / temperature), and at most repeats x count.

    What one cannot use is divided among the others. Arivazhagan et al. 2019 (arXiv:1907.05019), section 4.2.
    """
    given: dict[str, int] = {}
    left = {name: count ** (1 / temperature) for name, count in counts.items() if count}
    while left:
        share = (rows - sum(given.values())) / sum(left.values())
        full = [name for name, weight in left.items() if share * weight >= repeats * counts[name]]
        if not full:
            return given | {name: round(share * weight) for name, weight in left.items()}
        for name in full:
            given[name] = repeats * counts[name]
            del left[name]
    return given


def preferred(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Each source once in a direction, with the best translation that there is; by direction, human ones first."""
    best: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        place = (entry.direction, entry.source)
        if place not in best or _rank(entry) < _rank(best[place]):
            best[place] = entry
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(best.values(), key=lambda entry: (entry.origin != HUMAN, entry.number)):
        found[entry.direction].append(entry)
    return found


def sample(entries: Iterable[Entry], data: Data) -> dict[int, int]:
    """How often each row is taken, by its number: all of a direction once before any of them twice."""
    found = preferred(entries)
    counts = {direction: len(rows) for direction, rows in found.items()}
    wanted = quotas(counts, data.rows, data.temperature, data.repeats)
    taken: dict[int, int] = {}
    for direction, rows in found.items():
        times, rest = divmod(wanted[direction], len(rows))
        taken |= {row.number: times + (at < rest) for at, row in enumerate(rows) if times or at < rest}
    return taken


def _rank(entry: Entry) -> tuple[int, int]:
    return ORIGINS.index(entry.origin), entry.number
