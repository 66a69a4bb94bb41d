"""SQLite files with versioned schemas, shared by threads and processes."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.exceptions import StateTooNew, StateUnavailable, StorageFull

Version = Sequence[str]
"""The statements that upgrade a schema from the previous version."""

BUSY_TIMEOUT = 0.5
"""Seconds that a writer waits for another process's transaction; these take milliseconds."""


DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""SQLite's primary error codes of damaged files."""

DAMAGED_HINT = "Stop the service, restore the file from a backup, and start the service again."


class Database:
    """One SQLite file with one transaction at a time; readers in other processes never block (write-ahead log).

    The schema is upgraded to the last of `versions` when the file is opened. A `durable` file survives a power failure
    with all committed transactions; otherwise the last ones may be lost. Raises StateTooNew for a file of a later
    version of Lede, and sqlite3.DatabaseError for a file that is not SQLite's.
    """

    def __init__(
        self, path: Path, versions: Sequence[Version], *, durable: bool = False, busy_timeout: float = BUSY_TIMEOUT
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._lock = threading.RLock()
        self._sql = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
        try:
            self._sql.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._sql.execute("PRAGMA journal_mode = WAL")
            self._sql.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._upgrade(versions)
        except BaseException:
            self._sql.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Runs the block in a transaction, which is rolled back on any exception."""
        with self._lock:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
            except BaseException:
                self._sql.rollback()
                raise
            self._sql.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Executes one statement, which may also change data, and returns its rows."""
        with self._lock:
            return self._sql.execute(statement, values).fetchall()

    def check(self) -> None:
        """Reads the first row of each table. Raises sqlite3.DatabaseError if it cannot be read."""
        for (table,) in self.rows("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            self.rows(f'SELECT * FROM "{table}" LIMIT 1')  # noqa: S608 - a name from the schema

    def vacuum(self) -> None:
        """Returns the space of deleted rows to the disk."""
        self.rows("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Closes the file; SQLite merges the write-ahead log into it."""
        with self._lock:
            self._sql.close()

    def _upgrade(self, versions: Sequence[Version]) -> None:
        if self._version() == len(versions):
            return
        with self.transaction() as sql:
            version = self._version()  # read again: another process may have upgraded the file since
            if version > len(versions):
                raise StateTooNew(f"{self.path} was written by a later version of Lede.")
            for statements in versions[version:]:
                for statement in statements:
                    sql.execute(statement)
            sql.execute(f"PRAGMA user_version = {len(versions)}")

    def _version(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])


@contextmanager
def sqlite_errors_mapped(path: Path) -> Iterator[None]:
    """Raises SQLite's errors in the block as StorageFull or StateUnavailable."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise StorageFull(f"The disk of {path.parent} is full.") from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED:
            raise StateUnavailable(f"{path} is damaged ({error}).", DAMAGED_HINT) from error
        raise StateUnavailable(f"{path.name} cannot be read or written now ({error}).") from error
