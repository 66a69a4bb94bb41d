"""The KV cache of the running rows, in pools of lanes of equal capacity, so that there is little padding."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from models.engines.native.shape import DecoderShape

MIN_CAPACITY = 128
"""Capacity of the smallest lanes, in tokens. Capacities double from there on."""

MAX_GROWTH = 1024
"""Maximum step between capacities, in tokens: doubling would waste too much on long articles."""

INITIAL_SLOTS = 32
"""Initial slots of a pool, if the memory limit allows as many. Unused slots take no memory, but growing a pool copies
all its lanes."""


@dataclass(eq=False, slots=True)
class Lane:
    """The keys and values of one sequence: a slot of a pool, of which `length` tokens are filled.

    `max_length` is the most that will be filled.
    """

    pool: "LanePool"
    slot: int
    max_length: int
    length: int = 0

    @property
    def view(self) -> Tensor:
        """The keys and values: [layers, 2, capacity, key heads, head size]."""
        return self.pool.data[self.slot]


@dataclass(eq=False, slots=True)
class LanePool:
    """Lanes of one capacity without gaps, so that attention runs over views and copies nothing."""

    capacity: int
    data: Tensor  # [slots, layers, 2, capacity, key heads, head size]; initially 0: padding must be finite
    lanes: list[Lane] = field(default_factory=list)

    def add(self, max_length: int) -> Lane:
        """Appends a lane."""
        slots = len(self.data)
        if len(self.lanes) == slots:
            self._grow(slots + slots // 2 + 1)
        self.lanes.append(Lane(self, len(self.lanes), max_length))
        return self.lanes[-1]

    def drop(self, lane: Lane) -> None:
        """Removes a lane, and moves the last one into its slot."""
        last = self.lanes.pop()
        if last is not lane:
            self.data[lane.slot, :, :, : last.length] = last.view[:, :, : last.length]
            last.slot = lane.slot
            self.lanes[lane.slot] = last

    def _grow(self, slots: int) -> None:
        grown = _zeros(slots, *self.data.shape[1:], like=self.data)
        for lane in self.lanes:
            grown[lane.slot, :, :, : lane.length] = lane.view[:, :, : lane.length]
        self.data = grown


class KVCache:
    """All pools. `max_bytes` limits the tokens of all lanes together."""

    def __init__(
        self, shape: DecoderShape, max_bytes: int, *, device: str = "cpu", dtype: torch.dtype = torch.float32
    ) -> None:
        self._shape = shape
        self._max_bytes = max_bytes
        self._blank = torch.empty(0, device=device, dtype=dtype)
        self._pools: dict[int, LanePool] = {}
        self._bytes_per_token = 2 * shape.layers * shape.key_heads * shape.head_size * self._blank.element_size()

    @property
    def is_empty(self) -> bool:
        """Whether there are no lanes."""
        return not self._pools

    def fits(self, tokens: int, lanes: int = 1) -> bool:
        """Returns whether lanes for this many tokens fit. A row always fits if the cache is empty.

        Tokens count, not capacities: unfilled slots take no memory.
        """
        used = sum(lane.max_length for pool in self._pools.values() for lane in pool.lanes)
        return self.is_empty or (used + tokens * lanes) * self._bytes_per_token <= self._max_bytes

    def add(self, tokens: int) -> Lane:
        """Adds a lane for at most this many tokens."""
        capacity = _capacity(tokens)
        if capacity not in self._pools:
            shape = self._shape
            room = 2 * self._max_bytes if self._blank.is_cpu else self._max_bytes  # CPU memory is only used once filled
            slots = max(min(INITIAL_SLOTS, room // (capacity * self._bytes_per_token)), 1)
            size = (slots, shape.layers, 2, capacity, shape.key_heads, shape.head_size)
            self._pools[capacity] = LanePool(capacity, _zeros(*size, like=self._blank))
        return self._pools[capacity].add(tokens)

    def copy(self, lane: Lane) -> Lane:
        """Adds a copy of a lane."""
        other = lane.pool.add(lane.max_length)
        other.view[:, :, : lane.length] = lane.view[:, :, : lane.length]
        other.length = lane.length
        return other

    def drop(self, lane: Lane) -> None:
        """Removes a lane, and its pool if it was the last one there."""
        lane.pool.drop(lane)
        if not lane.pool.lanes:
            del self._pools[lane.pool.capacity]


def _zeros(*size: int, like: Tensor) -> Tensor:
    """Returns zeros that take no memory until they are written: numpy requests zeroed pages, torch writes them."""
    if like.is_cpu:
        return torch.from_numpy(np.zeros(size, np.float32)).to(like)
    return like.new_zeros(size)


def _capacity(tokens: int) -> int:
    capacity = MIN_CAPACITY
    while capacity < tokens:
        capacity += min(capacity, MAX_GROWTH)
    return capacity
