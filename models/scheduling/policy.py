"""How much a worker takes at once, and how long it may be silent. Rates are tokens of work a second."""

from math import ceil

from models.scheduling.queue import Space
from models.scheduling.worker import Worker

TURN = 5.0
"""Seconds that a batch of batch work may take: interactive work that comes has to wait for it."""

UNMEASURED = 2000.0
"""Tokens of work in such a batch before anything was measured."""

RESERVED = 4
"""One in so many rows of a stepwise engine is kept for interactive work."""

PATIENCE = 4
"""Times the expected time of its rows that an engine may be silent: a beam search tells nothing before its end."""


def beside(worker: Worker) -> Space:
    """What may join the rows of a stepwise engine."""
    free = worker.most - len(worker.running)
    batch = worker.most - worker.most // RESERVED - sum(row.caller.batch for row in worker.running)
    return Space(free, min(free, batch), float("inf"), alike=False)


def share(worker: Worker, waiting: int, idle: int, rate: float | None) -> Space:
    """An idle worker's batch: its part of what waits, where `idle` workers are."""
    rows = min(worker.most, ceil(waiting / max(idle, 1)))
    return Space(rows, rows, rate * TURN if rate else UNMEASURED, alike=True)


def patience(worker: Worker, rate: float | None) -> float:
    """Seconds that what a worker runs may take before its first sign of life."""
    return PATIENCE * worker.load / rate if rate else 0.0
