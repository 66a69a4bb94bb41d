"""Files of what can be made anew: bounded in size and age, begun again when damaged, shared by several processes."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from service.exceptions import ServiceError
from service.storage.database import Database, Version, sqlite_errors_mapped

log = structlog.get_logger("lede.cache")

WAIT = 0.25
"""Seconds that such a file is waited for: making its content anew is dearer, but nobody should wait for a lock."""

LOOK = 0.01
"""The part of a file's limit, or age, after which a process looks at what all of them together keep."""

BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class BoundedTable:
    """An SQLite file with a `table` whose rows have a `key`, a `size` in bytes, and the time when they were `created`.

    `limit` is in bytes, give or take a hundredth for each process, `age` in seconds. Its methods block for a moment. A
    file that is damaged is set aside, under its name and `.broken`, and begun anew. Other faults are raised, as
    StateUnavailable and StorageFull.
    """

    def __init__(self, path: Path, versions: Sequence[Version], table: str, *, limit: int, age: float) -> None:
        self._path = path
        self._versions = versions
        self._table = table
        self._limit = limit
        self._age = age
        self._unseen = 0
        self._looked = 0.0
        self._database: Database | None = None

    def rows(self, statement: str, *values: object) -> list[Any]:
        """The rows of one statement, which may change things by itself."""
        with sqlite_errors_mapped(self._path):
            try:
                return self._open().rows(statement, *values)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in BROKEN:
                    raise
                self._set_aside(error)
                return self._open().rows(statement, *values)

    def is_fresh(self, created: float) -> bool:
        """Whether a row of that time counts."""
        return is_fresh(created, self._age)

    def grew(self, size: int) -> None:
        """Drops what is too old or too much, now that so many bytes came in."""
        self._unseen += size
        # The size counts what other processes brought; it is not read anew for every row of a large file.
        if self._unseen >= self._limit * LOOK or not is_fresh(self._looked, self._age * LOOK):
            self._prune()

    def shrank(self) -> None:
        """Gives the room of rows that were dropped back to the disk."""
        self.rows("PRAGMA incremental_vacuum")

    def size(self) -> tuple[int, int]:
        """How many rows there are, and their bytes."""
        count, size = self.rows(f"SELECT count(*), coalesce(sum(size), 0) FROM {self._table}")[0]  # noqa: S608
        return count, size

    def close(self) -> None:
        """Closes the file."""
        if self._database:
            self._database.close()

    def _open(self) -> Database:
        if self._database is None:
            self._database = Database(self._path, self._versions, wait=WAIT)
        return self._database

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        log.error("a damaged file is set aside", file=self._path.name, reason=str(error))
        self.close()
        self._database = None
        for suffix in ("", "-wal", "-shm"):
            path = self._path.with_name(self._path.name + suffix)
            if path.exists():
                path.replace(path.with_name(path.name + ".broken"))

    def _prune(self) -> None:
        """Drops what is too old, and the oldest tenth at once, so that the next rows do not each have to."""
        table, now = self._table, time.time()
        self._unseen, self._looked = 0, now
        self.rows(f"DELETE FROM {table} WHERE created < ? OR created > ?", now - self._age, now + self._age)  # noqa: S608
        if (held := self.size()[1]) > self._limit:
            self.rows(
                f"DELETE FROM {table} WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY created, "  # noqa: S608
                f"key) - size AS before FROM {table}) WHERE before < ?)",
                held - self._limit * 0.9,
            )
        with suppress(ServiceError):  # what came in is kept, and the room will be given back the next time
            self.shrank()


def is_fresh(created: float, age: float) -> bool:
    """Whether what was made at that time counts."""
    # The wall clock may have been set back since: what comes from the future is no younger.
    return abs(time.time() - created) <= age
