"""Results kept in SQLite: bounded in size and age, shared by the processes of a machine."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import structlog

from service.database import Database, needed

log = structlog.get_logger("lede.cache")

SCHEMA = (
    (
        """CREATE TABLE results
        (key TEXT PRIMARY KEY, packed BLOB NOT NULL, size INTEGER NOT NULL, created REAL NOT NULL)""",
        "CREATE INDEX by_age ON results (created, size)",
        "CREATE TABLE cleared (times INTEGER NOT NULL)",
        "INSERT INTO cleared VALUES (0)",
    ),
)

WAIT = 0.25
"""Seconds that a result is waited for: writing it anew is dearer, but nobody should wait for a lock."""

BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Shelf:
    """The file `results.sqlite3` of a folder. `limit` is in bytes, `age` in seconds. Methods block for a moment.

    A file that is damaged is set aside, as `results.sqlite3.broken`, and begun anew. Other faults are
    raised, as StateUnavailable and StorageFull.
    """

    def __init__(self, folder: Path, *, limit: int, age: float) -> None:
        self._path = folder / "results.sqlite3"
        self._limit = limit
        self._age = age
        self._held = 0
        self._database: Database | None = None

    def get(self, key: str) -> bytes | None:
        """What was put, unless it is too old."""
        rows = self._rows("SELECT packed, created FROM results WHERE key = ?", key)
        # The wall clock may have been set back since: what comes from the future is no younger.
        return bytes(rows[0][0]) if rows and abs(time.time() - rows[0][1]) <= self._age else None

    def put(self, key: str, packed: bytes) -> None:
        """Keeps it, and drops what is too old or too much."""
        self._rows("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", key, packed, len(packed), time.time())
        self._held += len(packed)
        if self._held > self._limit:
            self._prune()

    def clear(self) -> None:
        """Drops everything, in all processes' memory too."""
        self._rows("DELETE FROM results")
        self._rows("UPDATE cleared SET times = times + 1")
        self._open().shrink()
        self._held = 0

    def generation(self) -> str:
        """Another word whenever the shelf was cleared."""
        return str(self._rows("SELECT times FROM cleared")[0][0])

    def size(self) -> tuple[int, int]:
        """How many results are kept, and their bytes."""
        count, size = self._rows("SELECT count(*), coalesce(sum(size), 0) FROM results")[0]
        return count, size

    def close(self) -> None:
        """Closes the file."""
        if self._database:
            self._database.close()

    def _open(self) -> Database:
        if self._database is None:
            self._database = Database(self._path, SCHEMA, wait=WAIT)
            self._held = self.size()[1]
        return self._database

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with needed(self._path):
            try:
                return self._open().rows(statement, *values)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in BROKEN:
                    raise
                self._set_aside(error)
                return self._open().rows(statement, *values)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        log.error("the kept results are damaged and set aside", reason=str(error))
        self.close()
        self._database = None
        for suffix in ("", "-wal", "-shm"):
            path = self._path.with_name(self._path.name + suffix)
            if path.exists():
                path.replace(path.with_name(path.name + ".broken"))

    def _prune(self) -> None:
        """Drops the oldest tenth at once, so that the next results do not each have to."""
        now = time.time()
        self._rows("DELETE FROM results WHERE abs(? - created) > ?", now, self._age)
        spare = self.size()[1] - self._limit * 0.9
        self._rows(
            "DELETE FROM results WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY created) - size "
            "AS before FROM results) WHERE before < ?)",
            spare,
        )
        self._open().shrink()
        self._held = self.size()[1]
