"""Writes the entries of a direction to a lexicon's folder, and its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marisa_trie

from models.files.disk import sha256
from models.lexicons.card import CARD, read_lexicon
from models.lexicons.entries import Translation, pack
from models.lexicons.words import UNSPACED
from training.export import to_toml
from training.lexicon.phrases import Phrase

LICENCE = "Apache-2.0"
NOTICE = (
    "Word lists computed from WMT news test sets (for research purposes), system outputs on them (MPL-2.0), NTREX-128 "
    "(CC BY-SA 4.0), TICO-19 (CC0), PUD and KPC (CC BY-SA 3.0), MLQA (CC BY-SA 3.0), XQuAD (CC BY-SA 4.0), PAWS-X "
    "(free for any purpose), Tatoeba (CC BY 2.0 FR) and Joshua Hindi (CC BY-SA 3.0)."
)


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """The entries of a direction, the options they were built with, and the sentence pairs by data set."""

    source: str
    target: str
    entries: Sequence[tuple[Phrase, list[Translation]]]
    options: Mapping[str, Any]
    sets: Mapping[str, int]


def write(folder: Path, table: PhraseTable) -> None:
    """Writes a table into the lexicon in `folder`, replacing the direction's old one. Raises BadCard."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table.source}-{table.target}.marisa"
    entries = packed(table)
    marisa_trie.BytesTrie(sorted(entries.items())).save(str(path))
    written = {
        "direction": f"{table.source}:{table.target}",
        "file": path.name,
        "size": path.stat().st_size,
        "sha256": sha256(path),
        "entries": len(entries),
        "options": dict(table.options),
        "data": [{"name": name, "pairs": pairs} for name, pairs in table.sets.items()],
    }
    others = read_lexicon(folder).model_dump(mode="json")["tables"] if (folder / CARD).exists() else []
    write_card(folder, [written, *(other for other in others if other["direction"] != written["direction"])])


def write_card(folder: Path, tables: Sequence[Mapping[str, Any]]) -> None:
    """Writes the card of the lexicon in a folder. Raises BadCard if it is not valid."""
    card: dict[str, Any] = {"name": folder.name, "licence": LICENCE, "notice": NOTICE}
    card |= {"tables": sorted(tables, key=lambda table: str(table["direction"]))}
    (folder / CARD).write_text(to_toml(card), "utf-8")
    read_lexicon(folder)


def packed(table: PhraseTable) -> dict[str, bytes]:
    """Returns the serialized translations by lookup key; single characters of unspaced languages are dropped."""
    separator = "" if table.source in UNSPACED else " "
    keys: dict[str, bytes] = {}
    for phrase, translations in table.entries:
        key = separator.join(phrase)
        if separator or len(key) > 1:  # one character is part of many words
            keys.setdefault(key, pack(translations))
    return keys
