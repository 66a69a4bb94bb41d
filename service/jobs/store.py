"""Jobs kept in SQLite: what was asked for, what has come of it, and what is left to do, across restarts.

A library of task queues would not do: each loses or repeats a task when its process is killed, or pickles it. Here an
item is left while it has no result, and a result is written once, in the transaction that counts it.
"""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Cursor
from typing import Literal
from uuid import uuid4

from service.exceptions import IdempotencyConflict, StateUnavailable, UnknownJob
from service.storage.database import Database, sqlite_errors_mapped

State = Literal["receiving", "running", "done", "cancelled"]

SCHEMA = (
    (
        """CREATE TABLE jobs (id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, total INTEGER NOT NULL,
        done INTEGER NOT NULL, failed INTEGER NOT NULL, created REAL NOT NULL, touched REAL NOT NULL, finished REAL,
        repeat TEXT, digest TEXT, webhook TEXT, told TEXT, UNIQUE (owner, repeat))""",
        "CREATE TABLE items (job TEXT, n INTEGER, wanted BLOB, PRIMARY KEY (job, n)) WITHOUT ROWID",
        """CREATE TABLE results (job TEXT, place INTEGER, n INTEGER, line BLOB, written REAL,
        PRIMARY KEY (job, place), UNIQUE (job, n))""",
    ),
)

STALE = 60.0
"""Seconds without a touch after which a job that is being received is given up: the process that did is gone."""

LAST = 50
"""Results whose pace tells how long the rest will take."""

_FIELDS = "id, owner, state, total, done, failed, created, finished, repeat, digest, webhook, told"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `done` and `failed` are counts of items; times are seconds since the epoch."""

    id: str
    owner: str
    state: State
    total: int
    done: int
    failed: int
    created: float
    finished: float | None
    repeat: str | None
    digest: str | None
    webhook: str | None
    told: str | None

    @property
    def pending(self) -> int:
        """Items without a result."""
        return self.total - self.done - self.failed

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in {"done", "cancelled"}


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a job: its number from 0, and its JSON.

    `line` is a result that it has from the start; `characters` are those of its texts.
    """

    n: int
    wanted: bytes
    line: bytes | None = None
    characters: int = 0


class Jobs:
    """The file `jobs.sqlite3` of a folder. Methods block for a moment, and raise StateUnavailable and StorageFull."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "jobs.sqlite3"
        with self._needed():
            self._database = Database(self.path, SCHEMA, durable=True)

    def begin(self, owner: str, *, repeat: str | None = None, webhook: str | None = None) -> str:
        """Makes room for a job's items; its id. Raises RepeatedKey while a job of the same idempotency key is there."""
        job, now = uuid4().hex, _now()
        with self._needed(), self._database.transaction() as sql:
            _forget(sql, "state = 'receiving' AND abs(? - touched) > ?", now, STALE)
            row = (job, owner, "receiving", 0, 0, 0, time.time(), now, repeat, webhook)
            added = sql.execute(
                "INSERT INTO jobs (id, owner, state, total, done, failed, created, touched, repeat, webhook) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                row,
            )
            if not added.rowcount:
                raise IdempotencyConflict("This Idempotency-Key is in use.")
        return job

    def add(self, job: str, items: Sequence[Item]) -> None:
        """Keeps items of a job that is being received. Raises StateUnavailable where it was given up."""
        with self._needed(), self._database.transaction() as sql:
            _there(sql.execute("UPDATE jobs SET total = total + ? WHERE id = ?", (len(items), job)))
            sql.executemany("INSERT INTO items VALUES (?, ?, ?)", [(job, item.n, item.wanted) for item in items])
            _refuse(sql, job, [(item.n, item.line) for item in items if item.line is not None])

    def touch(self, job: str) -> None:
        """Says that a job is still being received."""
        with self._needed():
            self._database.rows("UPDATE jobs SET touched = ? WHERE id = ?", _now(), job)

    def start(self, job: str, digest: str) -> None:
        """All items are here, and on the disk: the job may run. Raises StateUnavailable where it was given up."""
        with self._needed(), self._database.transaction() as sql:
            _there(sql.execute("UPDATE jobs SET state = 'running', digest = ? WHERE id = ?", (digest, job)))
            _finish(sql, job)

    def drop(self, job: str) -> None:
        """Forgets a job, its items and its results."""
        with self._needed(), self._database.transaction() as sql:
            _forget(sql, "id = ?", job)

    def get(self, job: str, owner: str) -> Job:
        """A job of that owner. Raises UnknownJob."""
        found = self._found("id = ? AND owner = ? AND state != 'receiving'", job, owner)
        if not found:
            raise UnknownJob(f"There is no job {job[:40]}.")
        return found[0]

    def repeated(self, owner: str, repeat: str) -> Job | None:
        """The job that an idempotency key stands for, one that is being received too."""
        return next(iter(self._found("owner = ? AND repeat = ?", owner, repeat)), None)

    def all(self, owner: str) -> list[Job]:
        """An owner's jobs, newest first."""
        return self._found("owner = ? AND state != 'receiving' ORDER BY created DESC", owner)

    def running(self) -> list[Job]:
        """The jobs that have work left, oldest first."""
        return self._found("state = 'running' ORDER BY created")

    def untold(self) -> list[Job]:
        """The jobs that are over and whose webhook was not called."""
        return self._found("state IN ('done', 'cancelled') AND webhook IS NOT NULL AND told IS NULL")

    def tell(self, job: str, how: str) -> None:
        """Notes how the webhook's call ended."""
        with self._needed():
            self._database.rows("UPDATE jobs SET told = ? WHERE id = ?", how, job)

    def left(self, job: str, after: int, limit: int) -> list[Item]:
        """Items behind number `after` that have no result, in order."""
        with self._needed():
            rows = self._database.rows(
                "SELECT n, wanted FROM items WHERE job = ?1 AND n > ?2 AND NOT EXISTS "
                "(SELECT 1 FROM results WHERE results.job = ?1 AND results.n = items.n) ORDER BY n LIMIT ?3",
                job,
                after,
                limit,
            )
        return [Item(*row) for row in rows]

    def record(self, job: str, n: int, line: bytes, *, failed: bool) -> None:
        """Writes an item's result, unless it has one or the job is no more; the last one ends the job."""
        with self._needed(), self._database.transaction() as sql:
            if sql.execute("SELECT 1 FROM jobs WHERE id = ? AND state = 'running'", (job,)).fetchone():
                _record(sql, job, n, line, failed=failed)
                _finish(sql, job)

    def cancel(self, job: str, owner: str) -> Job:
        """Ends a job; the results that there are stay. Raises UnknownJob."""
        with self._needed():
            self._database.rows(
                "UPDATE jobs SET state = 'cancelled', finished = ? WHERE id = ? AND owner = ? AND state = 'running'",
                time.time(),
                job,
                owner,
            )
        return self.get(job, owner)

    def results(self, job: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Result lines behind place `after`, in the order in which they came, with their places."""
        with self._needed():
            return self._database.rows(
                "SELECT place, line FROM results WHERE job = ? AND place > ? ORDER BY place LIMIT ?", job, after, limit
            )

    def seconds_left(self, job: Job) -> float | None:
        """How long the rest will take at the pace of the last results; None while that cannot be told."""
        with self._needed():
            rows = self._database.rows(
                "SELECT written FROM results WHERE job = ? ORDER BY place DESC LIMIT ?", job.id, LAST
            )
        took = rows[0][0] - rows[-1][0] if rows else 0
        return job.pending * took / (len(rows) - 1) if took > 0 else None  # the clock may have been set back

    def sweep(self, age: float) -> None:
        """Drops jobs that have been over for `age` seconds."""
        for job in self._found("finished IS NOT NULL AND ? - finished > ?", time.time(), age):
            self.drop(job.id)
        with self._needed():
            self._database.shrink()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _found(self, condition: str, *values: object) -> list[Job]:
        with self._needed():
            return [Job(*row) for row in self._database.rows(f"SELECT {_FIELDS} FROM jobs WHERE {condition}", *values)]  # noqa: S608

    def _needed(self) -> AbstractContextManager[None]:
        return sqlite_errors_mapped(self.path)


def _now() -> float:
    """Seconds since the machine started, for all its processes: nobody sets this clock."""
    return time.monotonic()


def _there(changed: Cursor) -> None:
    if not changed.rowcount:
        raise StateUnavailable("The job was given up while it was being received.")


def _forget(sql: Connection, condition: str, *values: object) -> None:
    """Drops the jobs of which that is true, their items and their results."""
    for table in ("items", "results"):
        sql.execute(f"DELETE FROM {table} WHERE job IN (SELECT id FROM jobs WHERE {condition})", values)  # noqa: S608 - ours
    sql.execute(f"DELETE FROM jobs WHERE {condition}", values)  # noqa: S608 - ours


def _record(sql: Connection, job: str, n: int, line: bytes, *, failed: bool) -> None:
    ((done, bad),) = sql.execute("SELECT done, failed FROM jobs WHERE id = ?", (job,))
    row = (job, done + bad + 1, n, line, time.time())
    if sql.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount:
        counter = "failed" if failed else "done"
        sql.execute(f"UPDATE jobs SET {counter} = {counter} + 1 WHERE id = ?", (job,))  # noqa: S608 - ours


def _refuse(sql: Connection, job: str, lines: Sequence[tuple[int, bytes]]) -> None:
    """Results of items that nothing can be made of, while nothing else has come of the job."""
    ((failed,),) = sql.execute("SELECT failed FROM jobs WHERE id = ?", (job,))
    now = time.time()
    rows = [(job, place, n, line, now) for place, (n, line) in enumerate(lines, failed + 1)]
    sql.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?)", rows)
    sql.execute("UPDATE jobs SET failed = failed + ? WHERE id = ?", (len(rows), job))


def _finish(sql: Connection, job: str) -> None:
    sql.execute(
        "UPDATE jobs SET state = 'done', finished = ? WHERE id = ? AND state = 'running' AND done + failed = total",
        (time.time(), job),
    )
