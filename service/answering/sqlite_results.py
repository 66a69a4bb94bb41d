"""Results in SQLite: bounded in size and age, shared by the processes of a machine."""

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
    """The file `results.sqlite3` of a folder. `limit` is in bytes, `age` in seconds. Raises like BoundedTable."""

    def __init__(self, folder: Path, *, limit: int, age: float) -> None:
        self.table = BoundedTable(folder / "results.sqlite3", SCHEMA, "results", limit=limit, age=age)

    def get(self, key: str) -> bytes | None:
        """Returns the packed result of a key, or None if there is none or it has expired."""
        rows = self.table.rows("SELECT packed, created FROM results WHERE key = ?", key)
        return bytes(rows[0][0]) if rows and self.table.is_fresh(rows[0][1]) else None

    def put(self, key: str, packed: bytes) -> None:
        """Stores a packed result, and deletes old ones beyond the bounds."""
        self.table.rows("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", key, packed, len(packed), time.time())
        self.table.added(len(packed))

    def clear(self) -> None:
        """Deletes all results, also those in the memory of other processes."""
        self.table.rows("DELETE FROM results")
        self.table.rows("UPDATE cleared SET times = times + 1")
        self.table.vacuum()

    def generation(self) -> str:
        """Returns a string that changes whenever the results are cleared."""
        return str(self.table.rows("SELECT times FROM cleared")[0][0])

    def close(self) -> None:
        """Closes the file."""
        self.table.close()
