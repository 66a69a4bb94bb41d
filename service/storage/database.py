"""State in SQLite files: opened, upgraded in place, and shared by threads and by several processes."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.exceptions import StateTooNew, StateUnavailable, StorageFull

Version = Sequence[str]
"""The statements that lead from one version of a schema to the next."""

WAIT = 5.0
"""Seconds that a writer waits for another process's transaction."""


class Database:
    """One file, one transaction at a time; readers in other processes are never blocked (write-ahead log).

    A `durable` file is on the disk when a transaction ends, whatever happens to the machine; else only the last
    transactions before a power cut may be missing. Raises StateTooNew for a file of a later Lede, and
    sqlite3.DatabaseError for a file that is none of SQLite's.
    """

    def __init__(self, path: Path, versions: Sequence[Version], *, durable: bool = False, wait: float = WAIT) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._lock = threading.RLock()
        self._sql = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
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
        """All of the block's changes, or none of them."""
        with self._lock:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
            except BaseException:
                self._sql.rollback()
                raise
            self._sql.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """The rows of one statement, which may change things by itself."""
        with self._lock:
            return self._sql.execute(statement, values).fetchall()

    def shrink(self) -> None:
        """Gives the space of deleted rows back to the disk."""
        self.rows("PRAGMA incremental_vacuum")

    def close(self) -> None:
        """Closes the file; the log is folded into it."""
        with self._lock:
            self._sql.close()

    def _upgrade(self, versions: Sequence[Version]) -> None:
        if self._version() == len(versions):
            return
        with self.transaction() as sql:
            at = self._version()  # again: another process may have been faster
            if at > len(versions):
                raise StateTooNew(f"{self.path} was written by a later version of Lede.")
            for version in versions[at:]:
                for statement in version:
                    sql.execute(statement)
            sql.execute(f"PRAGMA user_version = {len(versions)}")

    def _version(self) -> int:
        return int(self.rows("PRAGMA user_version")[0][0])


@contextmanager
def sqlite_errors_mapped(path: Path) -> Iterator[None]:
    """For state that a request cannot do without: SQLite's errors as StorageFull or StateUnavailable."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise StorageFull(f"The disk of {path.parent} is full.") from error
        raise StateUnavailable(f"{path.name} cannot be read or written now ({error}).") from error
