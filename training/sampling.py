"""Samples the training rows: balanced between directions, human references before systems' outputs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from training.corpus import HUMAN, ORIGINS
from training.settings import DataSettings


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted row of the corpus by number, with the keys of both sides."""

    number: int
    direction: str
    origin: str
    source: int
    target: int


def quotas(counts: Mapping[str, int], rows: int, temperature: float, repeats: int) -> dict[str, int]:
    """Returns the rows per direction: proportional to count ** (1 / temperature), at most repeats x count.

    What a direction cannot use is divided among the others. Arivazhagan et al. 2019 (arXiv:1907.05019), section
    4.2.
    """
    shares: dict[str, int] = {}
    weights = {name: count ** (1 / temperature) for name, count in counts.items() if count}
    while weights:
        scale = (rows - sum(shares.values())) / sum(weights.values())
        full = [name for name, weight in weights.items() if scale * weight >= repeats * counts[name]]
        if not full:
            return shares | {name: round(scale * weight) for name, weight in weights.items()}
        for name in full:
            shares[name] = repeats * counts[name]
            del weights[name]
    return shares


def best_by_direction(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Returns the rows by direction, human ones first: each source once, with its best translation."""
    best: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        key = (entry.direction, entry.source)
        if key not in best or _rank(entry) < _rank(best[key]):
            best[key] = entry
    by_direction: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(best.values(), key=lambda entry: (entry.origin != HUMAN, entry.number)):
        by_direction[entry.direction].append(entry)
    return by_direction


def sample(entries: Iterable[Entry], data: DataSettings) -> dict[int, int]:
    """Returns the repetitions of each row by number: all rows of a direction once before any is repeated."""
    by_direction = best_by_direction(entries)
    counts = {direction: len(rows) for direction, rows in by_direction.items()}
    rows_by_direction = quotas(counts, data.rows, data.temperature, data.repeats)
    repetitions: dict[int, int] = {}
    for direction, rows in by_direction.items():
        times, rest = divmod(rows_by_direction[direction], len(rows))
        repetitions |= {row.number: times + (at < rest) for at, row in enumerate(rows) if times or at < rest}
    return repetitions


def _rank(entry: Entry) -> tuple[int, int]:
    return ORIGINS.index(entry.origin), entry.number
