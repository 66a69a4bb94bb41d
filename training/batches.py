"""Rows in batches of about the same length, in an order that a seed decides."""

import random
from collections.abc import Iterable, Sequence

POOL = 50
"""Batches' worth of rows that are sorted together: enough that little is padding, few enough that chance decides."""


def batches(lengths: Sequence[int], tokens: int, seed: int, epochs: int) -> list[list[int]]:
    """The rows' numbers, batch by batch, for so many epochs. A batch has at most `tokens` tokens, padding counted."""
    return [batch for epoch in range(epochs) for batch in _epoch(lengths, tokens, random.Random(f"{seed} {epoch}"))]  # noqa: S311


def _epoch(lengths: Sequence[int], tokens: int, dice: random.Random) -> list[list[int]]:
    order = list(range(len(lengths)))
    dice.shuffle(order)
    mean = max(sum(lengths) // max(len(lengths), 1), 1)
    step = max(POOL * tokens // mean, 1)
    pools = (sorted(order[first : first + step], key=lengths.__getitem__) for first in range(0, len(order), step))
    made = [batch for pool in pools for batch in fill(pool, lengths, tokens)]
    dice.shuffle(made)
    return made


def fill(rows: Iterable[int], lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Rows in the order given, in batches that hold at most `tokens` once all are as long as the longest."""
    made: list[list[int]] = []
    longest = 0
    for row in rows:
        longest = max(longest, lengths[row])
        if not made or longest * (len(made[-1]) + 1) > tokens:
            made.append([])
            longest = lengths[row]
        made[-1].append(row)
    return made
