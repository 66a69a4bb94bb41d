"""The two ways to run an engine: in whole batches, or in steps between which rows join and leave."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Protocol, TypeGuard

from models.errors import ModelError
from models.protocol import Engine, Hypothesis, StepwiseEngine
from models.scheduling.row import Row


class DriveHost(Protocol):
    """The worker that runs a drive."""

    def beat(self) -> None:
        """Records a sign of life of the engine."""

    def more(self) -> Sequence[Row]:
        """Returns rows that can join the running ones."""

    def end(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """Ends a row; the outcome is None if no caller waits for it any more."""


Drive = Callable[[Sequence[Row], DriveHost], None]
"""Runs rows to their ends. An exception applies to the rows that have not ended."""


def is_stepwise(engine: Engine) -> TypeGuard[StepwiseEngine]:
    """Returns whether rows can join and leave the engine between steps."""
    return hasattr(engine, "step")


def in_batches(engine: Engine) -> Drive:
    """Returns a drive that runs one batch at a time, of rows with the same decoding options."""

    def drive(rows: Sequence[Row], host: DriveHost) -> None:
        written = [0] * len(rows)

        def step(index: int, text: str) -> bool:
            host.beat()
            written[index] += 1
            return rows[index].push(text) or written[index] >= rows[index].decoding.max_tokens

        longest = max(row.decoding.max_tokens for row in rows)
        hypotheses = engine.generate([row.prompt for row in rows], rows[0].decoding.replace(max_tokens=longest), step)
        for row, hypothesis in zip(rows, hypotheses, strict=True):
            # A row that is still open was stopped by its own `max_tokens`, which is below the batch's.
            own = replace(hypothesis, finish="length") if hypothesis.finish == "stopped" else hypothesis
            host.end(row, own if row.open else None)

    return drive


def in_steps(engine: StepwiseEngine) -> Drive:
    """Returns a drive whose rows join and leave between steps."""
    keys = count()

    def drive(rows: Sequence[Row], host: DriveHost) -> None:
        running: dict[int, Row] = {}
        try:
            while rows or running:
                for row in rows:
                    _join(engine, next(keys), row, running, host)
                _step(engine, running, host)
                rows = host.more()
        finally:
            for key in running:
                engine.leave(key)

    return drive


def _join(engine: StepwiseEngine, key: int, row: Row, running: dict[int, Row], host: DriveHost) -> None:
    try:
        engine.join(key, row.prompt, row.decoding)
    except ModelError as error:  # concerns only this prompt
        host.end(row, error)
    else:
        running[key] = row


def _step(engine: StepwiseEngine, running: dict[int, Row], host: DriveHost) -> None:
    for output in engine.step():
        row = running[output.key]
        row.push(output.text)
        if output.hypothesis:
            del running[output.key]
            host.end(row, output.hypothesis if row.open else None)
    host.beat()
    for key in [key for key, row in running.items() if not row.has_listeners()]:
        engine.leave(key)
        host.end(running.pop(key), None)
