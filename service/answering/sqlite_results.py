"""Results kept in SQLite: bounded in size and age, shared by the processes of a machine."""

import time
from pathlib import Path

from service.storage.bounded_table import BoundedTable

SCHEMA = (
    (
        """CREATE TABLE results
        (key TEXT PRIMARY KEY, packed BLOB NOT NULL, size INTEGER NOT NULL, created REAL NOT NULL)""",
        "CREATE INDEX by_age ON results (created, size)",
        "CREATE TABLE cleared (times INTEGER NOT NULL)",
        "INSERT INTO cleared VALUES (0)",
    ),
)


class SqliteResults:
    """The file `results.sqlite3` of a folder. `limit` is in bytes, `age` in seconds. Its methods are as Bounded's."""

    def __init__(self, folder: Path, *, limit: int, age: float) -> None:
        self.file = BoundedTable(folder / "results.sqlite3", SCHEMA, "results", limit=limit, age=age)

    def get(self, key: str) -> bytes | None:
        """What was put, unless it is too old."""
        rows = self.file.rows("SELECT packed, created FROM results WHERE key = ?", key)
        return bytes(rows[0][0]) if rows and self.file.is_fresh(rows[0][1]) else None

    def put(self, key: str, packed: bytes) -> None:
        """Keeps it, and drops what is too old or too much."""
        self.file.rows("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", key, packed, len(packed), time.time())
        self.file.grew(len(packed))

    def clear(self) -> None:
        """Drops everything, in all processes' memory too."""
        self.file.rows("DELETE FROM results")
        self.file.rows("UPDATE cleared SET times = times + 1")
        self.file.shrank()

    def generation(self) -> str:
        """Another word whenever the shelf was cleared."""
        return str(self.file.rows("SELECT times FROM cleared")[0][0])

    def close(self) -> None:
        """Closes the file."""
        self.file.close()
