"""Keys and values of the rows at work, in pools of rows of like size, so that few are padded and none by much."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from models.engines.native.shape import Shape

SMALLEST = 128
"""Tokens of the smallest rows. Each further pool holds twice as many."""

STEP = 1024
"""Tokens from which pools grow by so many only: twice as many of a long article's would be mostly air."""

SLOTS = 32
"""Lanes that a pool has place for from the first, where the room holds as many: what is not filled takes no memory,
and to lay out a larger pool copies all that the lanes hold."""


@dataclass(eq=False, slots=True)
class Lane:
    """One row's place: a slot of a pool, of which `length` tokens are filled, and `room` at most will be."""

    pool: "Pool"
    slot: int
    room: int
    length: int = 0

    @property
    def view(self) -> Tensor:
        """Its keys and values: [layers, 2, capacity, key heads, head size]."""
        return self.pool.data[self.slot]


@dataclass(eq=False, slots=True)
class Pool:
    """Lanes of one capacity, side by side and without holes: attention then runs over views, and copies nothing."""

    capacity: int
    data: Tensor  # [slots, layers, 2, capacity, key heads, head size]; zero where nothing was: padding must be finite
    lanes: list[Lane] = field(default_factory=list)

    def add(self, room: int) -> Lane:
        """A further lane at the end."""
        slots = len(self.data)
        if len(self.lanes) == slots:
            self._grow(slots + slots // 2 + 1)
        self.lanes.append(Lane(self, len(self.lanes), room))
        return self.lanes[-1]

    def drop(self, lane: Lane) -> None:
        """Takes a lane out, and moves the last one into its place."""
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


class Cache:
    """The pools. `room` is in bytes."""

    def __init__(self, shape: Shape, room: int, *, device: str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        self._shape = shape
        self._room = room
        self._blank = torch.empty(0, device=device, dtype=dtype)
        self._pools: dict[int, Pool] = {}
        self._bytes_per_token = 2 * shape.layers * shape.key_heads * shape.head_size * self._blank.element_size()

    @property
    def empty(self) -> bool:
        """Whether nobody is here."""
        return not self._pools

    def fits(self, tokens: int, lanes: int = 1) -> bool:
        """Whether there is room for lanes of so many tokens. One row alone always fits.

        Of a lane its tokens count, and not its capacity: what is not filled takes no memory.
        """
        held = sum(lane.room for pool in self._pools.values() for lane in pool.lanes)
        return self.empty or (held + tokens * lanes) * self._bytes_per_token <= self._room

    def add(self, tokens: int) -> Lane:
        """A lane for at most so many tokens."""
        capacity = _capacity(tokens)
        if capacity not in self._pools:
            shape = self._shape
            room = 2 * self._room if self._blank.is_cpu else self._room  # lanes may be half full, and air costs a GPU
            slots = max(min(SLOTS, room // (capacity * self._bytes_per_token)), 1)
            size = (slots, shape.layers, 2, capacity, shape.key_heads, shape.head_size)
            self._pools[capacity] = Pool(capacity, _zeros(*size, like=self._blank))
        return self._pools[capacity].add(tokens)

    def copy(self, lane: Lane) -> Lane:
        """A further lane with all that one holds."""
        other = lane.pool.add(lane.room)
        other.view[:, :, : lane.length] = lane.view[:, :, : lane.length]
        other.length = lane.length
        return other

    def drop(self, lane: Lane) -> None:
        """Gives a lane back; a pool without any gives its memory back."""
        lane.pool.drop(lane)
        if not lane.pool.lanes:
            del self._pools[lane.pool.capacity]


def _zeros(*size: int, like: Tensor) -> Tensor:
    """Zeros that take no memory until they are written to: numpy asks the system for them, torch writes them."""
    if like.is_cpu:
        return torch.from_numpy(np.zeros(size, np.float32)).to(like)
    return like.new_zeros(size)


def _capacity(tokens: int) -> int:
    capacity = SMALLEST
    while capacity < tokens:
        capacity += min(capacity, STEP)
    return capacity
