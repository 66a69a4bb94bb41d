"""Rows that wait, in an order that is fair.

Self-clocked fair queueing (Golestani, 1994): each owner's interactive and batch work are flows, each row ends behind
its flow's last one, after its tokens over the flow's weight, and the least end goes first. Interactive work weighs
more, so that it goes before batch work, which is never starved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from math import ceil

from models.scheduling.caller import Caller
from models.scheduling.row import Row

INTERACTIVE = 16
"""Tokens of an owner's interactive work for each token of batch work, where both wait."""

TOGETHER = 3
"""Rows that begin alike and are worth a batch without others: reading an article takes as long as writing about it."""

WINDOW = 2
"""Times a batch's rows that are looked at, in order, for those of like length: padding is work for nothing."""


@dataclass(frozen=True, slots=True)
class Space:
    """What an engine takes now: rows, of these batch work's, and tokens of batch work; with `alike`, one search's."""

    rows: int
    batch_rows: int
    batch_tokens: float
    alike: bool


@dataclass(slots=True)
class _Turn:
    """When a row came, and where it ends, in the queue's own time."""

    came: float
    end: float


class FairQueue:
    """Not safe to use from many threads: the scheduler's lock is held."""

    def __init__(self) -> None:
        self._turns: dict[Row, _Turn] = {}  # each caller's in the order of their ends
        self._last: dict[Caller, float] = {}
        self._now = 0.0

    def __len__(self) -> int:
        return len(self._turns)

    def __contains__(self, row: Row) -> bool:
        return row in self._turns

    def __iter__(self) -> Iterator[Row]:
        return iter(self._turns)

    def ahead_of(self, caller: Caller) -> int:
        """Tokens of work that goes before a caller's next row, at most."""
        return sum(row.cost for row in self._turns if caller.batch or not row.caller.batch)

    def add(self, row: Row) -> None:
        """Puts a row behind its caller's others."""
        end = self._last[row.caller] = max(self._now, self._last.get(row.caller, 0.0)) + _share(row)
        self._turns[row] = _Turn(self._now, end)

    def remove(self, row: Row) -> None:
        """Takes a row out that nobody waits for any more; its caller is not charged for it, and its others move up."""
        later = list(takewhile(lambda other: other is not row, reversed(self._turns)))
        freed = _share(row)
        last = self._turns.pop(row).end - freed
        for other in reversed(later):
            if other.caller == row.caller:
                turn = self._turns[other]
                last = turn.end = max(turn.end - freed, max(turn.came, last) + _share(other))
        self._last[row.caller] = max(last, self._last.get(row.caller, self._now) - freed)

    def promote(self, row: Row, caller: Caller) -> None:
        """Counts a waiting row as a caller's, if that one's work is more urgent."""
        if row.caller.batch and not caller.batch:
            self.remove(row)
            row.caller = caller
            self.add(row)

    def take(self, space: Space) -> list[Row]:
        """The row whose turn it is, and those that go well beside it; none where there is no space for any.

        Interactive work does not wait for batch work that was put beside it.
        """
        fitting = [row for row in self._turns if space.batch_rows > 0 or not row.caller.batch]
        order = sorted(fitting, key=lambda row: self._turns[row].end)
        if not order or space.rows <= 0:
            return []
        first = order[0]
        near = _near([row for row in order if _goes_with(row, first, space)], space)
        chosen = list(_within(near[: space.batch_rows], space.batch_tokens)) if first.caller.batch else near
        self._now = max(self._now, self._turns[first].end)
        for row in chosen:
            del self._turns[row]
        self._last = {caller: end for caller, end in self._last.items() if end > self._now}
        return chosen


def _goes_with(row: Row, first: Row, space: Space) -> bool:
    urgent = first.caller.batch or not row.caller.batch
    return urgent and (not space.alike or row.search == first.search)


def _near(beside: list[Row], space: Space) -> list[Row]:
    """The first row, and those that read what it reads; else those of its length, where lengths are made alike.

    Where they are not, those that read the same take half of the places before their turn, and no more.
    """
    first = beside[0]
    family = [row for row in beside if first.family and row.family == first.family]
    if not space.alike:
        return list(dict.fromkeys([first, *family[: ceil(space.rows / 2)], *beside]))[: space.rows]
    window = (family if len(family) >= TOGETHER else beside)[: WINDOW * space.rows]
    return sorted(window, key=lambda row: abs(row.reads - first.reads))[: space.rows]


def _within(rows: Iterable[Row], tokens: float) -> Iterable[Row]:
    """The first row, and those behind it as long as there is room for them."""
    used = 0
    for row in rows:
        used += row.cost
        if used > tokens and used > row.cost:
            return
        yield row


def _share(row: Row) -> float:
    return row.cost if row.caller.batch else row.cost / INTERACTIVE
