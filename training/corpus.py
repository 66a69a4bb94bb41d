"""The parallel corpus, streamed from its compressed table."""

import csv
import hashlib
import lzma
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HUMAN = "human"
ORIGINS = (HUMAN, "bergamot-base-memory", "bergamot-base", "bergamot-tiny")
"""Who may have translated a row, the best first (by the scores in shared/eval/translation/PEERS.md)."""

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A source and its translation. Languages are ISO 639-1; `origin` is HUMAN or a system's name."""

    source_language: str
    target_language: str
    set: str
    origin: str
    source: str
    target: str

    @property
    def direction(self) -> str:
        """As `en-fr`."""
        return f"{self.source_language}-{self.target_language}"


def read(path: Path) -> Iterator[Row]:
    """The rows of the corpus, in its order."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
        next(file)
        for line in file:
            yield Row(*line.rstrip("\n").split("\t"))


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Sources and references of one of the evaluation set's tables."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["source"], row["reference"]


def sentences(folder: Path) -> Iterator[str]:
    """Every source and every reference of the evaluation set."""
    for path in sorted(folder.glob("*.tsv")):
        for pair in pairs(path):
            yield from pair


def key(text: str) -> int:
    """The same number for texts that differ in case, spaces, punctuation or Unicode's spelling alone."""
    plain = _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
    return int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest())


def keys(texts: Iterable[str]) -> frozenset[int]:
    """The keys of texts."""
    return frozenset(map(key, texts))
