"""SQLite tables of data that can be recreated: bounded in size and age, reset when damaged, shared by processes."""

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

BUSY_TIMEOUT = 0.25
"""Seconds to wait for a lock: recreating the data costs more, but a request should not wait long for a cache."""

CHECK_FRACTION = 0.01
"""A process checks the bounds after it has added this fraction of the size limit, or after this fraction of the age."""

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class BoundedTable:
    """An SQLite file with a `table` that has the columns `key`, `size` (bytes) and `created` (Unix time).

    `limit` is in bytes and may be exceeded by one percent per process; `age` is in seconds. Methods block briefly. A
    damaged file is renamed to `<name>.broken` and replaced by an empty one. Raises StateUnavailable and StorageFull for
    other faults.
    """

    def __init__(self, path: Path, versions: Sequence[Version], table: str, *, limit: int, age: float) -> None:
        self._path = path
        self._versions = versions
        self._table = table
        self._limit = limit
        self._age = age
        self._unchecked_bytes = 0
        self._checked = 0.0
        self._database: Database | None = None

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Executes one statement, which may also change data, and returns its rows."""
        with sqlite_errors_mapped(self._path):
            try:
                return self._open().rows(statement, *values)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
                    raise
                self._set_aside(error)
                return self._open().rows(statement, *values)

    def is_fresh(self, created: float) -> bool:
        """Whether a row created at that time has not expired."""
        return is_fresh(created, self._age)

    def added(self, size: int) -> None:
        """Reports `size` added bytes; deletes expired and excess rows when a check is due."""
        self._unchecked_bytes += size
        # Reading the total, which includes the rows of other processes, would be too slow for every added row.
        is_due = self._unchecked_bytes >= self._limit * CHECK_FRACTION
        if is_due or not is_fresh(self._checked, self._age * CHECK_FRACTION):
            self._prune()

    def vacuum(self) -> None:
        """Returns the space of deleted rows to the disk."""
        self.rows("PRAGMA incremental_vacuum")

    def size(self) -> tuple[int, int]:
        """Returns the number of rows and their total size in bytes."""
        count, size = self.rows(f"SELECT count(*), coalesce(sum(size), 0) FROM {self._table}")[0]  # noqa: S608
        return count, size

    def close(self) -> None:
        """Closes the file."""
        if self._database:
            self._database.close()

    def _open(self) -> Database:
        if self._database is None:
            self._database = Database(self._path, self._versions, busy_timeout=BUSY_TIMEOUT)
        return self._database

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        log.error("a damaged file was set aside", file=self._path.name, reason=str(error))
        self.close()
        self._database = None
        for suffix in ("", "-wal", "-shm"):
            path = self._path.with_name(self._path.name + suffix)
            if path.exists():
                path.replace(path.with_name(path.name + ".broken"))

    def _prune(self) -> None:
        """Deletes expired rows; above the limit also the oldest, down to 90 percent, so that pruning stays rare."""
        table, now = self._table, time.time()
        self._unchecked_bytes, self._checked = 0, now
        self.rows(f"DELETE FROM {table} WHERE created < ? OR created > ?", now - self._age, now + self._age)  # noqa: S608
        if (total := self.size()[1]) > self._limit:
            self.rows(
                f"DELETE FROM {table} WHERE key IN (SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY created, "  # noqa: S608
                f"key) - size AS before FROM {table}) WHERE before < ?)",
                total - self._limit * 0.9,
            )
        with suppress(ServiceError):  # the rows are stored; the next pruning returns the space
            self.vacuum()


def is_fresh(created: float, age: float) -> bool:
    """Whether something created at a Unix time is not older than `age` seconds."""
    # A time in the future also expires: the wall clock may have been set back.
    return abs(time.time() - created) <= age
