"""Stored glossaries: terms and their translations by direction, separate for each caller."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from service.exceptions import UnknownGlossary
from service.storage.database import Database, sqlite_errors_mapped

LanguagePair = tuple[str, str]
"""The primary language tags of source and target."""

Terms = Mapping[str, str]

SCHEMA = (
    (
        """CREATE TABLE glossaries (id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL,
        created REAL NOT NULL) WITHOUT ROWID""",
        """CREATE TABLE dictionaries (glossary TEXT NOT NULL REFERENCES glossaries (id), source TEXT NOT NULL,
        target TEXT NOT NULL, terms TEXT NOT NULL, PRIMARY KEY (glossary, source, target)) WITHOUT ROWID""",
    ),
)


@dataclass(frozen=True, slots=True)
class Glossary:
    """A glossary with its terms by direction."""

    id: str
    name: str
    created: datetime
    dictionaries: Mapping[LanguagePair, Terms]


class Glossaries:
    """The file `glossaries.sqlite3` in a folder. Methods block briefly and access the glossaries of one owner only.

    They raise UnknownGlossary for an id that does not belong to the owner, StorageFull and StateUnavailable.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "glossaries.sqlite3"
        with sqlite_errors_mapped(self._path):
            self._database = Database(self._path, SCHEMA, durable=True)

    def create(self, owner: str, name: str, dictionaries: Mapping[LanguagePair, Terms]) -> Glossary:
        """Creates a glossary."""
        glossary = Glossary(str(uuid4()), name, datetime.now(UTC), dictionaries)
        with sqlite_errors_mapped(self._path), self._database.transaction() as sql:
            sql.execute(
                "INSERT INTO glossaries (id, owner, name, created) VALUES (?, ?, ?, ?)",
                (glossary.id, owner, name, glossary.created.timestamp()),
            )
            sql.executemany("INSERT INTO dictionaries VALUES (?, ?, ?, ?)", _rows(glossary.id, dictionaries.items()))
        return glossary

    def all(self, owner: str) -> list[Glossary]:
        """Returns the owner's glossaries, oldest first."""
        with sqlite_errors_mapped(self._path):
            rows = self._database.rows("SELECT id FROM glossaries WHERE owner = ? ORDER BY created", owner)
        return [self.find(owner, row[0]) for row in rows]

    def find(self, owner: str, glossary: str) -> Glossary:
        """Returns one glossary."""
        with sqlite_errors_mapped(self._path):
            head = self._database.rows(
                "SELECT name, created FROM glossaries WHERE id = ? AND owner = ?", glossary, owner
            )
            rows = self._database.rows("SELECT source, target, terms FROM dictionaries WHERE glossary = ?", glossary)
        if not head:
            raise UnknownGlossary(f"There is no glossary {glossary}.")
        created = datetime.fromtimestamp(head[0][1], UTC)
        return Glossary(glossary, head[0][0], created, {(row[0], row[1]): json.loads(row[2]) for row in rows})

    def rename(self, owner: str, glossary: str, name: str) -> None:
        """Renames a glossary."""
        self.find(owner, glossary)
        self._change("UPDATE glossaries SET name = ? WHERE id = ?", name, glossary)

    def replace_terms(self, owner: str, glossary: str, direction: LanguagePair, terms: Terms) -> None:
        """Replaces all terms of a direction."""
        self.find(owner, glossary)
        for row in _rows(glossary, [(direction, terms)]):
            self._change("INSERT OR REPLACE INTO dictionaries VALUES (?, ?, ?, ?)", *row)

    def delete(self, owner: str, glossary: str, direction: LanguagePair | None = None) -> None:
        """Deletes the terms of a direction, or the glossary. Raises UnknownGlossary also for a missing direction."""
        dictionaries = self.find(owner, glossary).dictionaries
        if direction is None:
            self._change("DELETE FROM dictionaries WHERE glossary = ?", glossary)
            self._change("DELETE FROM glossaries WHERE id = ?", glossary)
        elif direction in dictionaries:
            self._change(
                "DELETE FROM dictionaries WHERE glossary = ? AND source = ? AND target = ?", glossary, *direction
            )
        else:
            raise UnknownGlossary(f"The glossary {glossary} has no terms from {direction[0]} to {direction[1]}.")

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _change(self, statement: str, *values: Any) -> None:
        with sqlite_errors_mapped(self._path):
            self._database.rows(statement, *values)


def _rows(glossary: str, dictionaries: Iterable[tuple[LanguagePair, Terms]]) -> list[tuple[str, str, str, str]]:
    return [(glossary, *direction, json.dumps(terms, ensure_ascii=False)) for direction, terms in dictionaries]
