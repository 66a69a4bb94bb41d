"""The two ways to run an engine: whole batches, and steps between which rows come and go."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Protocol, TypeGuard

from models.errors import ModelError
from models.protocol import Engine, Hypothesis, Stepwise
from models.scheduling.row import Row


class Crew(Protocol):
    """Whom a drive reports to: the worker that runs it."""

    def beat(self) -> None:
        """The engine is alive."""

    def more(self) -> Sequence[Row]:
        """Rows that may join those that run."""

    def end(self, row: Row, outcome: Hypothesis | ModelError | None) -> None:
        """A row is over; None where nobody wanted it any more."""


Drive = Callable[[Sequence[Row], Crew], None]
"""Runs rows to their ends. What it raises struck the rows that have not ended."""


def is_stepwise(engine: Engine) -> TypeGuard[Stepwise]:
    """Whether rows may join and leave the engine between its steps."""
    return hasattr(engine, "step")


def in_batches(engine: Engine) -> Drive:
    """Runs one batch at a time, of rows that are searched for in one way."""

    def drive(rows: Sequence[Row], crew: Crew) -> None:
        written = [0] * len(rows)

        def step(index: int, text: str) -> bool:
            crew.beat()
            written[index] += 1
            return rows[index].push(text) or written[index] >= rows[index].decoding.max_tokens

        longest = max(row.decoding.max_tokens for row in rows)
        found = engine.generate([row.prompt for row in rows], rows[0].decoding.but(max_tokens=longest), step)
        for row, hypothesis in zip(rows, found, strict=True):
            # A row that nobody stopped was: it met its own limit, below the batch's.
            own = replace(hypothesis, finish="length") if hypothesis.finish == "stopped" else hypothesis
            crew.end(row, own if row.open else None)

    return drive


def in_steps(engine: Stepwise) -> Drive:
    """Runs rows that join and leave between steps."""
    keys = count()

    def drive(rows: Sequence[Row], crew: Crew) -> None:
        running: dict[int, Row] = {}
        try:
            while rows or running:
                for row in rows:
                    _join(engine, next(keys), row, running, crew)
                _step(engine, running, crew)
                rows = crew.more()
        finally:
            for key in running:
                engine.leave(key)

    return drive


def _join(engine: Stepwise, key: int, row: Row, running: dict[int, Row], crew: Crew) -> None:
    try:
        engine.join(key, row.prompt, row.decoding)
    except ModelError as error:  # it is about this prompt alone
        crew.end(row, error)
    else:
        running[key] = row


def _step(engine: Stepwise, running: dict[int, Row], crew: Crew) -> None:
    for progress in engine.step():
        row = running[progress.key]
        row.push(progress.text)
        if progress.hypothesis:
            del running[progress.key]
            crew.end(row, progress.hypothesis if row.open else None)
    crew.beat()
    for key in [key for key, row in running.items() if not row.wanted()]:
        engine.leave(key)
        crew.end(running.pop(key), None)
