"""Marian's binary files: named arrays, and the options that the model was trained with.

Little-endian: u64 version, u64 count; for each item u64 length of the name, u64 type, u64 rank, u64 bytes of data; the
names, each closed by NUL; the dimensions, i32; u64 padding, and so many bytes; the data, in the same order.
Source: src/common/binary.cpp and src/common/types.h of marian-dev.
"""

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.errors import LoadFailed

VERSION = 1
FLOAT32, INT8, INTGEMM8 = 0x404, 0x101, 0x4101
"""Types. An INTGEMM8 is int8 codes with a float32 behind them: what the weights were multiplied by."""

BYTES = {FLOAT32: 4, INT8: 1, INTGEMM8: 1}
BEHIND = {FLOAT32: 0, INT8: 0, INTGEMM8: 4}
MOST_ITEMS, LONGEST_NAME, MOST_DIMENSIONS = 10_000, 1_000, 4
LARGEST = 2**31
"""Bytes of a file beyond which none is read; the largest model published has 60 million."""

GZIP = b"\x1f\x8b"


class Damaged(ValueError):
    """What a file holds is not what it should."""


@dataclass(frozen=True, slots=True)
class Item:
    """One named array. The data may be longer than the array: Marian pads it."""

    kind: int
    shape: tuple[int, ...]
    data: memoryview

    @property
    def elements(self) -> int:
        """Numbers in the array."""
        return math.prod(self.shape)

    def floats(self) -> Tensor:
        """The numbers, float32, of INTGEMM8 too. Raises Damaged."""
        if self.kind == INTGEMM8:
            return self.codes().float() / self.multiplier()
        if self.kind != FLOAT32:
            raise Damaged(f"is of type {self.kind:#x} where numbers should be")
        found = torch.from_numpy(np.frombuffer(self.data, "<f4", self.elements).reshape(self.shape).copy())
        if not found.isfinite().all():
            raise Damaged("holds numbers that are infinite or none")
        return found

    def codes(self) -> Tensor:
        """The int8 codes of an INTGEMM8, in the order of the file. Raises Damaged."""
        if self.kind != INTGEMM8:
            raise Damaged(f"is of type {self.kind:#x} where int8 weights should be")
        return torch.from_numpy(np.frombuffer(self.data, "i1", self.elements).reshape(self.shape).copy())

    def multiplier(self) -> float:
        """What the weights of an INTGEMM8 were multiplied by. Raises Damaged."""
        found = float(struct.unpack_from("<f", self.data, self.elements)[0])
        if not (math.isfinite(found) and found > 0):
            raise Damaged(f"has the multiplier {found}")
        return found


def content(path: Path) -> bytes:
    """The bytes of a file, inflated where it is compressed with gzip. Raises LoadFailed."""
    try:
        found = path.read_bytes()
        if found.startswith(GZIP):
            with gzip.open(path) as file:
                found = file.read(LARGEST)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadFailed(f"{path} does not read: {error}") from error
    if len(found) >= LARGEST:
        raise LoadFailed(f"{path} is too large for a model of Marian's.")
    return found


def read(path: Path) -> dict[str, Item]:
    """The items of a model by their names. Raises LoadFailed, which names the file and what is wrong with it."""
    try:
        return dict(_items(memoryview(content(path))))
    except (Damaged, struct.error) as error:
        raise LoadFailed(f"{path} is no model of Marian's, or it is damaged: {error}.") from error


def _items(data: memoryview) -> Iterator[tuple[str, Item]]:
    version, count = struct.unpack_from("<2Q", data)
    if version != VERSION:
        raise Damaged(f"it has version {version}, and not {VERSION}")
    if count > MOST_ITEMS:
        raise Damaged(f"it counts {count} items")
    headers = [struct.unpack_from("<4Q", data, 16 + 32 * index) for index in range(count)]
    at = 16 + 32 * count
    names: list[str] = []
    for length, *_ in headers:
        names.append(_name(data, at, length))
        at += length
    if len(set(names)) != count:
        raise Damaged("two items have one name")
    shapes: list[tuple[int, ...]] = []
    for _, _, rank, _ in headers:
        shapes.append(_dimensions(data, at, rank))
        at += 4 * rank
    at += 8 + struct.unpack_from("<Q", data, at)[0]
    if at + sum(size for *_, size in headers) != len(data):
        raise Damaged(f"its items do not end where its {len(data):,} bytes do")
    for name, (_, kind, _, size), shape in zip(names, headers, shapes, strict=True):
        if kind not in BYTES:
            raise Damaged(f"{name} is of type {kind:#x}")
        if math.prod(shape) * BYTES[kind] + BEHIND[kind] > size:
            raise Damaged(f"{name} is cut")
        yield name, Item(kind, shape, data[at : at + size])
        at += size


def _name(data: memoryview, at: int, length: int) -> str:
    if not 1 < length <= LONGEST_NAME or at + length > len(data):
        raise Damaged(f"a name has {length} bytes")
    name, nul, rest = bytes(data[at : at + length]).partition(b"\0")
    if not nul or rest.strip(b"\0"):
        raise Damaged(f"the name {name!r} does not end where it should")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged(f"the name {name!r} is no text") from error


def _dimensions(data: memoryview, at: int, rank: int) -> tuple[int, ...]:
    if not 1 <= rank <= MOST_DIMENSIONS:
        raise Damaged(f"an item has {rank} dimensions")
    found = struct.unpack_from(f"<{rank}i", data, at)
    if min(found) < 1:
        raise Damaged(f"an item has the dimensions {found}")
    return found
