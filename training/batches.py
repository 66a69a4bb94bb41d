"""Batches of rows of similar length, in an order determined by a seed."""

import random
from collections.abc import Iterable, Sequence

SORTED_BATCHES = 50
"""Number of batches whose rows are sorted together: enough for little padding, few enough for randomness."""


def batches(lengths: Sequence[int], tokens: int, seed: int, epochs: int) -> list[list[int]]:
    """Returns the row numbers of each batch, for several epochs. A batch has at most `tokens` tokens, with padding."""
    return [batch for epoch in range(epochs) for batch in _epoch(lengths, tokens, random.Random(f"{seed} {epoch}"))]  # noqa: S311


def _epoch(lengths: Sequence[int], tokens: int, rng: random.Random) -> list[list[int]]:
    order = list(range(len(lengths)))
    rng.shuffle(order)
    mean = max(sum(lengths) // max(len(lengths), 1), 1)
    step = max(SORTED_BATCHES * tokens // mean, 1)
    pools = (sorted(order[first : first + step], key=lengths.__getitem__) for first in range(0, len(order), step))
    batches = [batch for pool in pools for batch in fill_batches(pool, lengths, tokens)]
    rng.shuffle(batches)
    return batches


def fill_batches(rows: Iterable[int], lengths: Sequence[int], tokens: int) -> list[list[int]]:
    """Splits rows, in their order, into batches of at most `tokens` tokens once padded to the longest."""
    batches: list[list[int]] = []
    longest = 0
    for row in rows:
        longest = max(longest, lengths[row])
        if not batches or longest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            longest = lengths[row]
        batches[-1].append(row)
    return batches
