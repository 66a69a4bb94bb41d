"""Sentence pairs to build a lexicon from: deduplicated, without evaluation sentences."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training import corpus
from training.corpus import HUMAN, ORIGINS, CorpusRow

EXCLUDED = ("flores-dev-from-201", "mtedx_test")
"""Data sets: FLORES shares its articles with the evaluation set, and the talks have no stated licence."""

HELD_OUT = 200
"""Human translations of each language pair that are left out, for measuring."""

Languages = tuple[str, str]
"""A pair of ISO 639-1 codes, in either order."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence in two languages, its data set, and the translator: HUMAN or a system."""

    first: str
    second: str
    set: str
    origin: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """The sentence pairs of two languages."""

    training: list[Pair]
    held_out: list[Pair]

    @property
    def sets(self) -> dict[str, int]:
        """The number of training pairs by data set; system output is listed apart."""
        names = (pair.set if pair.origin == HUMAN else f"{pair.set} by {pair.origin}" for pair in self.training)
        return dict(sorted(Counter(names).items()))


def read(
    files: Sequence[Path], evaluation: Path, wanted: Collection[Languages], held_out: int
) -> dict[Languages, Pairs]:
    """Reads the pairs of several language pairs, both directions together, in a reproducible order.

    No sentence of the tables in the folder `evaluation` is used. `held_out` human pairs of each are set aside.
    """
    forbidden = corpus.text_keys(corpus.read_sentences(evaluation))
    rows: dict[Languages, list[CorpusRow]] = {languages: [] for languages in wanted}
    for row in (row for path in files for row in corpus.read_corpus(path) if row.set not in EXCLUDED):
        for languages in ((row.source_language, row.target_language), (row.target_language, row.source_language)):
            if languages in rows:
                rows[languages].append(row)
    return {languages: _pairs(found, languages[0], forbidden, held_out) for languages, found in rows.items()}


def _pairs(rows: Sequence[CorpusRow], first: str, forbidden: frozenset[int], held_out: int) -> Pairs:
    found: dict[tuple[int, int], Pair] = {}
    for row in _best_first(rows):
        pair = _oriented(row, first)
        keys = corpus.text_key(pair.first), corpus.text_key(pair.second)
        if keys not in found and not forbidden.intersection(keys):
            found[keys] = pair
    human = sorted(keys for keys, pair in found.items() if pair.origin == HUMAN)[:held_out]
    apart = {key for keys in human for key in keys}
    training = [pair for keys, pair in sorted(found.items()) if not apart.intersection(keys)]
    return Pairs(training, [found[keys] for keys in human])


def _best_first(rows: Sequence[CorpusRow]) -> Iterator[CorpusRow]:
    """Yields human translations, then for each source the output of the best system."""
    translated: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda row: ORIGINS.index(row.origin)):
        source = row.direction, row.source
        if row.origin == HUMAN or source not in translated:
            yield row
        if row.origin != HUMAN:
            translated.add(source)


def _oriented(row: CorpusRow, first: str) -> Pair:
    sides = (row.source, row.target) if row.source_language == first else (row.target, row.source)
    return Pair(*sides, row.set, row.origin)
