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
"""The translators of the rows, best first (by the scores in shared/eval/translation/PEERS.md)."""

_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """A source and its translation. Languages are ISO 639-1; `origin` is HUMAN or the name of a system."""

    source_language: str
    target_language: str
    set: str
    origin: str
    source: str
    target: str

    @property
    def direction(self) -> str:
        """The direction, such as `en-fr`."""
        return f"{self.source_language}-{self.target_language}"


def read_corpus(path: Path) -> Iterator[CorpusRow]:
    """Yields the rows of the corpus in order."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as file:
        next(file)
        for line in file:
            yield CorpusRow(*line.rstrip("\n").split("\t"))


def read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Yields the sources and references of a table of the evaluation set."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["source"], row["reference"]


def read_sentences(folder: Path) -> Iterator[str]:
    """Yields all sources and references of the evaluation set."""
    for path in sorted(folder.glob("*.tsv")):
        for pair in read_pairs(path):
            yield from pair


def text_key(text: str) -> int:
    """Returns a number that is equal for texts that differ only in case, spaces, punctuation or Unicode form."""
    plain = _NO_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
    return int.from_bytes(hashlib.blake2b(plain.encode(), digest_size=8).digest())


def text_keys(texts: Iterable[str]) -> frozenset[int]:
    """Returns the keys of texts."""
    return frozenset(map(text_key, texts))
