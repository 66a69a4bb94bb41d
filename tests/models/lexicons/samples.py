"""A small lexicon for the tests, laid out as a shipped one."""

import json
from collections.abc import Mapping
from pathlib import Path

import marisa_trie

from models.files.disk import sha256
from models.lexicons.card import CARD
from models.lexicons.entries import Translation, pack

Phrases = Mapping[str, Mapping[str, int]]
"""Translations and their percentages by phrase."""

GERMAN: Phrases = {
    "allies": {"Verbündeten": 45, "Verbündete": 40, "Alliierten": 12},
    "local": {"örtlich": 60},
    "local time": {"Ortszeit": 90},
    "time": {"Zeit": 70},
}


def write(folder: Path, directions: Mapping[str, Phrases]) -> Path:
    """The lexicon's folder; directions are named as `en:de`."""
    folder.mkdir(parents=True)
    lines = [f'name = "{folder.name}"', 'licence = "CC0-1.0"']
    for direction, phrases in directions.items():
        path = folder / f"{direction.replace(':', '-')}.marisa"
        entries = [(phrase, pack(Translation(*one) for one in found.items())) for phrase, found in phrases.items()]
        marisa_trie.BytesTrie(entries).save(str(path))
        said = {"direction": direction, "file": path.name, "size": path.stat().st_size, "sha256": sha256(path)}
        lines += [
            "[[tables]]",
            *(f"{key} = {json.dumps(value)}" for key, value in (said | {"entries": len(phrases)}).items()),
        ]
    (folder / CARD).write_text("\n".join(lines) + "\n", "utf-8")
    return folder
