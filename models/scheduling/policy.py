"""How many rows a worker takes at a time, and how long it may be silent. Rates are tokens of work per second."""

from math import ceil

from models.scheduling.queue import Space
from models.scheduling.worker import ModelWorker

BATCH_SECONDS = 5.0
"""Maximum seconds of a batch of batch work, because interactive work must wait for it."""

DEFAULT_BATCH_TOKENS = 2000.0
"""Tokens of work in such a batch before the rate was measured."""

RESERVED_SHARE = 4
"""One in this many rows of a stepwise engine is reserved for interactive work."""

SILENCE_FACTOR = 4
"""An engine may be silent for this many times the expected time of its rows: beam search reports only at its end."""


def joining_space(worker: ModelWorker) -> Space:
    """Returns the space for rows that join a stepwise engine."""
    free = worker.max_rows - len(worker.running)
    batch = worker.max_rows - worker.max_rows // RESERVED_SHARE - sum(row.flow.batch for row in worker.running)
    return Space(free, min(free, batch), float("inf"), same_search=False)


def batch_space(worker: ModelWorker, waiting: int, idle: int, rate: float | None) -> Space:
    """Returns the space for an idle worker's batch: its share of the queue among `idle` workers."""
    rows = min(worker.max_rows, ceil(waiting / max(idle, 1)))
    return Space(rows, rows, rate * BATCH_SECONDS if rate else DEFAULT_BATCH_TOKENS, same_search=True)


def allowed_silence(worker: ModelWorker, rate: float | None) -> float:
    """Returns the seconds that a worker's rows may take before their first sign of life."""
    return SILENCE_FACTOR * worker.pending_tokens / rate if rate else 0.0
