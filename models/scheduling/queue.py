"""A fair queue of rows.

Self-clocked fair queueing (Golestani, 1994): each owner's interactive and batch work are two flows. A row's end is that
of the last row in its flow plus its tokens divided by the flow's weight, and the row with the smallest end is next.
Interactive flows weigh more, so that they come first without starving batch work.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from math import ceil

from models.scheduling.caller import Flow
from models.scheduling.row import Row

INTERACTIVE_WEIGHT = 16
"""Tokens of an owner's interactive work per token of batch work, while both wait."""

MIN_SHARED_BATCH = 3
"""Rows with a shared prefix that justify a batch of their own: reading an article takes as long as writing about it."""

LENGTH_WINDOW = 2
"""The search for rows of similar length covers this many times the batch size: padding is wasted work."""


@dataclass(frozen=True, slots=True)
class Space:
    """What an engine can take: rows in total, batch rows, and tokens of batch rows.

    With `same_search`, all rows must have the same decoding options.
    """

    rows: int
    batch_rows: int
    batch_tokens: float
    same_search: bool


@dataclass(slots=True)
class _Position:
    """When a row arrived, and where it ends, in the queue's virtual time."""

    arrived: float
    end: float


class FairQueue:
    """Rows in fair order. Not thread-safe: the scheduler's lock is held."""

    def __init__(self) -> None:
        self._positions: dict[Row, _Position] = {}  # within a flow, in the order of their ends
        self._last: dict[Flow, float] = {}
        self._now = 0.0

    def __len__(self) -> int:
        return len(self._positions)

    def __contains__(self, row: Row) -> bool:
        return row in self._positions

    def __iter__(self) -> Iterator[Row]:
        return iter(self._positions)

    def ahead_of(self, flow: Flow) -> int:
        """Returns the maximum tokens of work before a flow's next row."""
        return sum(row.cost for row in self._positions if flow.batch or not row.flow.batch)

    def add(self, row: Row) -> None:
        """Appends a row to its flow."""
        end = self._last[row.flow] = max(self._now, self._last.get(row.flow, 0.0)) + _share(row)
        self._positions[row] = _Position(self._now, end)

    def remove(self, row: Row) -> None:
        """Removes an abandoned row; its flow is not charged for it, and the flow's later rows move up."""
        later = list(takewhile(lambda other: other is not row, reversed(self._positions)))
        freed = _share(row)
        last = self._positions.pop(row).end - freed
        for other in reversed(later):
            if other.flow == row.flow:
                position = self._positions[other]
                last = position.end = max(position.end - freed, max(position.arrived, last) + _share(other))
        self._last[row.flow] = max(last, self._last.get(row.flow, self._now) - freed)

    def promote(self, row: Row, flow: Flow) -> None:
        """Moves a waiting row to another flow, if that is more urgent."""
        if row.flow.batch and not flow.batch:
            self.remove(row)
            row.flow = flow
            self.add(row)

    def take(self, space: Space) -> list[Row]:
        """Takes the next row, and others that fit the same batch; none if there is no space.

        Interactive work is never delayed by batch work in the same batch.
        """
        fitting = [row for row in self._positions if space.batch_rows > 0 or not row.flow.batch]
        order = sorted(fitting, key=lambda row: self._positions[row].end)
        if not order or space.rows <= 0:
            return []
        first = order[0]
        batch = _select_batch([row for row in order if _goes_with(row, first, space)], space)
        chosen = list(_within(batch[: space.batch_rows], space.batch_tokens)) if first.flow.batch else batch
        self._now = max(self._now, self._positions[first].end)
        for row in chosen:
            del self._positions[row]
        self._last = {flow: end for flow, end in self._last.items() if end > self._now}
        return chosen


def _goes_with(row: Row, first: Row, space: Space) -> bool:
    urgent = first.flow.batch or not row.flow.batch
    return urgent and (not space.same_search or row.search == first.search)


def _select_batch(fitting: list[Row], space: Space) -> list[Row]:
    """Returns the first row, and those that share its prefix; for a padded batch, else those of similar length.

    For a stepwise engine, rows that share the prefix take at most half of the space before their turn.
    """
    first = fitting[0]
    sharing = [row for row in fitting if first.shared_prefix and row.shared_prefix == first.shared_prefix]
    if not space.same_search:
        return list(dict.fromkeys([first, *sharing[: ceil(space.rows / 2)], *fitting]))[: space.rows]
    window = (sharing if len(sharing) >= MIN_SHARED_BATCH else fitting)[: LENGTH_WINDOW * space.rows]
    return sorted(window, key=lambda row: abs(row.prompt_tokens - first.prompt_tokens))[: space.rows]


def _within(rows: Iterable[Row], tokens: float) -> Iterable[Row]:
    """Returns the first row, and those after it while they fit."""
    used = 0
    for row in rows:
        used += row.cost
        if used > tokens and used > row.cost:
            return
        yield row


def _share(row: Row) -> float:
    return row.cost if row.flow.batch else row.cost / INTERACTIVE_WEIGHT
