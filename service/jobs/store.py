"""Jobs stored in SQLite, with their items and results, across restarts.

Task queue libraries lose or repeat a task when its process is killed, or pickle it. Here an item is pending as long as
it has no result, and its result is written exactly once, in the transaction that counts it.
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

JobState = Literal["receiving", "running", "done", "cancelled"]

SCHEMA = (
    (
        """CREATE TABLE jobs (id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, total INTEGER NOT NULL,
        done INTEGER NOT NULL, failed INTEGER NOT NULL, created REAL NOT NULL, touched REAL NOT NULL, finished REAL,
        repeat TEXT, digest TEXT, webhook TEXT, told TEXT, UNIQUE (owner, repeat))""",
        "CREATE TABLE items (job TEXT, n INTEGER, wanted BLOB, PRIMARY KEY (job, n)) WITHOUT ROWID",
        """CREATE TABLE results (job TEXT, place INTEGER, n INTEGER, line BLOB, written REAL,
        PRIMARY KEY (job, place), UNIQUE (job, n))""",
    ),
    ("ALTER TABLE jobs ADD COLUMN reason TEXT",),
)

UPLOAD_TIMEOUT = 60.0
"""Seconds without a touch after which an upload is considered abandoned, because its process has died."""

PACE_RESULTS = 50
"""The number of recent results from whose pace the remaining time is estimated."""

_FIELDS = "id, owner, state, total, done, failed, created, finished, repeat, digest, webhook, told, reason"


@dataclass(frozen=True, slots=True)
class Job:
    """A job. `done` and `failed` count items; times are in seconds since the epoch."""

    id: str
    owner: str
    state: JobState
    total: int
    done: int
    failed: int
    created: float
    finished: float | None
    idempotency_key: str | None
    digest: str | None
    webhook: str | None
    webhook_state: str | None
    reason: str | None
    """Why the service cancelled the job."""

    @property
    def pending(self) -> int:
        """The number of items without a result."""
        return self.total - self.done - self.failed

    @property
    def has_ended(self) -> bool:
        """Whether no more results will follow."""
        return self.state in {"done", "cancelled"}


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a job: its index from 0, and its JSON.

    `result` is the result line of an item that was rejected on upload; `characters` is the length of its texts.
    """

    index: int
    request: bytes
    result: bytes | None = None
    characters: int = 0


class JobStore:
    """The file `jobs.sqlite3` in a folder. Methods block briefly, and raise StateUnavailable and StorageFull."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "jobs.sqlite3"
        with self._needed():
            self._database = Database(self.path, SCHEMA, durable=True)

    def create(self, owner: str, *, idempotency_key: str | None = None, webhook: str | None = None) -> str:
        """Creates an empty job and returns its id. Raises IdempotencyConflict if the owner's key is in use."""
        job, now = uuid4().hex, _now()
        with self._needed(), self._database.transaction() as sql:
            _delete_jobs(sql, "state = 'receiving' AND abs(? - touched) > ?", now, UPLOAD_TIMEOUT)
            row = (job, owner, "receiving", 0, 0, 0, time.time(), now, idempotency_key, webhook)
            added = sql.execute(
                "INSERT INTO jobs (id, owner, state, total, done, failed, created, touched, repeat, webhook) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                row,
            )
            if not added.rowcount:
                raise IdempotencyConflict("This Idempotency-Key is in use.")
        return job

    def add(self, job: str, items: Sequence[Item]) -> None:
        """Adds items to a job during its upload. Raises StateUnavailable if the upload was abandoned."""
        with self._needed(), self._database.transaction() as sql:
            _require_row(sql.execute("UPDATE jobs SET total = total + ? WHERE id = ?", (len(items), job)))
            sql.executemany("INSERT INTO items VALUES (?, ?, ?)", [(job, item.index, item.request) for item in items])
            _record_rejected(sql, job, [(item.index, item.result) for item in items if item.result is not None])

    def touch(self, job: str) -> None:
        """Records that the upload of a job is still in progress."""
        with self._needed():
            self._database.rows("UPDATE jobs SET touched = ? WHERE id = ?", _now(), job)

    def start(self, job: str, digest: str) -> None:
        """Marks a completely uploaded job as running. Raises StateUnavailable if the upload was abandoned."""
        with self._needed(), self._database.transaction() as sql:
            _require_row(sql.execute("UPDATE jobs SET state = 'running', digest = ? WHERE id = ?", (digest, job)))
            _finish_if_complete(sql, job)

    def delete(self, job: str) -> None:
        """Deletes a job with its items and results."""
        with self._needed(), self._database.transaction() as sql:
            _delete_jobs(sql, "id = ?", job)

    def get(self, job: str, owner: str) -> Job:
        """Returns a job of the owner. Raises UnknownJob."""
        jobs = self._select("id = ? AND owner = ? AND state != 'receiving'", job, owner)
        if not jobs:
            raise UnknownJob(f"There is no job {job[:40]}.")
        return jobs[0]

    def find_by_idempotency_key(self, owner: str, key: str) -> Job | None:
        """Returns the job of an idempotency key, even during its upload."""
        return next(iter(self._select("owner = ? AND repeat = ?", owner, key)), None)

    def all(self, owner: str) -> list[Job]:
        """Returns the jobs of the owner, newest first."""
        return self._select("owner = ? AND state != 'receiving' ORDER BY created DESC", owner)

    def running(self) -> list[Job]:
        """Returns the unfinished jobs, oldest first."""
        return self._select("state = 'running' ORDER BY created")

    def undelivered(self) -> list[Job]:
        """Returns the ended jobs whose webhook was not delivered yet."""
        return self._select("state IN ('done', 'cancelled') AND webhook IS NOT NULL AND told IS NULL")

    def set_webhook_state(self, job: str, state: Literal["delivered", "failed"]) -> None:
        """Records the outcome of the webhook's delivery."""
        with self._needed():
            self._database.rows("UPDATE jobs SET told = ? WHERE id = ?", state, job)

    def pending_items(self, job: str, after: int, limit: int) -> list[Item]:
        """Returns items after index `after` that have no result, in order."""
        with self._needed():
            rows = self._database.rows(
                "SELECT n, wanted FROM items WHERE job = ?1 AND n > ?2 AND NOT EXISTS "
                "(SELECT 1 FROM results WHERE results.job = ?1 AND results.n = items.n) ORDER BY n LIMIT ?3",
                job,
                after,
                limit,
            )
        return [Item(*row) for row in rows]

    def record(self, job: str, index: int, line: bytes, *, failed: bool) -> None:
        """Records the result of an item, unless it has one or the job has ended; the last result ends the job."""
        with self._needed(), self._database.transaction() as sql:
            if sql.execute("SELECT 1 FROM jobs WHERE id = ? AND state = 'running'", (job,)).fetchone():
                _record(sql, job, index, line, failed=failed)
                _finish_if_complete(sql, job)

    def cancel(self, job: str, owner: str, reason: str | None = None) -> Job:
        """Cancels a job; its results remain. `reason` is given if the service cancels it. Raises UnknownJob."""
        with self._needed():
            self._database.rows(
                "UPDATE jobs SET state = 'cancelled', finished = ?, reason = ? "
                "WHERE id = ? AND owner = ? AND state = 'running'",
                time.time(),
                reason,
                job,
                owner,
            )
        return self.get(job, owner)

    def results(self, job: str, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Returns result lines after position `after`, with their positions, in the order they were recorded."""
        with self._needed():
            return self._database.rows(
                "SELECT place, line FROM results WHERE job = ? AND place > ? ORDER BY place LIMIT ?", job, after, limit
            )

    def seconds_left(self, job: Job) -> float | None:
        """Estimates the remaining time from the pace of the last results; None if unknown."""
        with self._needed():
            rows = self._database.rows(
                "SELECT written FROM results WHERE job = ? ORDER BY place DESC LIMIT ?", job.id, PACE_RESULTS
            )
        took = rows[0][0] - rows[-1][0] if rows else 0
        return job.pending * took / (len(rows) - 1) if took > 0 else None  # the clock may have been set back

    def sweep(self, age: float) -> None:
        """Deletes jobs that ended more than `age` seconds ago."""
        for job in self._select("finished IS NOT NULL AND ? - finished > ?", time.time(), age):
            self.delete(job.id)
        with self._needed():
            self._database.vacuum()

    def check(self) -> None:
        """Raises StateUnavailable if the file cannot be read."""
        with self._needed():
            self._database.check()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _select(self, condition: str, *values: object) -> list[Job]:
        with self._needed():
            return [Job(*row) for row in self._database.rows(f"SELECT {_FIELDS} FROM jobs WHERE {condition}", *values)]  # noqa: S608

    def _needed(self) -> AbstractContextManager[None]:
        return sqlite_errors_mapped(self.path)


def _now() -> float:
    """Seconds on the monotonic clock of the machine, which all its processes share."""
    return time.monotonic()


def _require_row(cursor: Cursor) -> None:
    if not cursor.rowcount:
        raise StateUnavailable("The upload of the job was abandoned.")


def _delete_jobs(sql: Connection, condition: str, *values: object) -> None:
    """Deletes the jobs that match a condition, with their items and results."""
    for table in ("items", "results"):
        sql.execute(f"DELETE FROM {table} WHERE job IN (SELECT id FROM jobs WHERE {condition})", values)  # noqa: S608 - ours
    sql.execute(f"DELETE FROM jobs WHERE {condition}", values)  # noqa: S608 - ours


def _record(sql: Connection, job: str, index: int, line: bytes, *, failed: bool) -> None:
    ((done, failures),) = sql.execute("SELECT done, failed FROM jobs WHERE id = ?", (job,))
    row = (job, done + failures + 1, index, line, time.time())
    if sql.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row).rowcount:
        counter = "failed" if failed else "done"
        sql.execute(f"UPDATE jobs SET {counter} = {counter} + 1 WHERE id = ?", (job,))  # noqa: S608 - ours


def _record_rejected(sql: Connection, job: str, lines: Sequence[tuple[int, bytes]]) -> None:
    """Records the results of rejected items, during the upload of a job."""
    ((failed,),) = sql.execute("SELECT failed FROM jobs WHERE id = ?", (job,))
    now = time.time()
    rows = [(job, place, index, line, now) for place, (index, line) in enumerate(lines, failed + 1)]
    sql.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?)", rows)
    sql.execute("UPDATE jobs SET failed = failed + ? WHERE id = ?", (len(rows), job))


def _finish_if_complete(sql: Connection, job: str) -> None:
    sql.execute(
        "UPDATE jobs SET state = 'done', finished = ? WHERE id = ? AND state = 'running' AND done + failed = total",
        (time.time(), job),
    )
