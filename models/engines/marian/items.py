"""Marian's binary model format: named arrays, one of which contains the training options.

Little-endian: u64 version, u64 item count; for each item u64 length of the name, u64 type, u64 rank, u64 bytes of data;
the names, terminated by NUL; the dimensions, i32; u64 length of the padding, the padding; the data of each item.
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
"""Types. INTGEMM8 data are int8 codes, followed by their quantization multiplier as float32."""

ELEMENT_BYTES = {FLOAT32: 4, INT8: 1, INTGEMM8: 1}
TRAILING_BYTES = {FLOAT32: 0, INT8: 0, INTGEMM8: 4}
MAX_ITEMS, MAX_NAME_BYTES, MAX_DIMENSIONS = 10_000, 1_000, 4
MAX_FILE_BYTES = 2**31
"""Files of this size or larger are rejected; the largest published model has 60 MB."""

GZIP = b"\x1f\x8b"


class InvalidModel(ValueError):
    """The content of a file is invalid. The message completes a sentence about it."""


@dataclass(frozen=True, slots=True)
class MarianItem:
    """One named array. The data may be longer than the array, because Marian pads it."""

    kind: int
    shape: tuple[int, ...]
    data: memoryview

    @property
    def elements(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    def floats(self) -> Tensor:
        """Returns the elements as float32, dequantized if they are INTGEMM8. Raises InvalidModel."""
        if self.kind == INTGEMM8:
            return self.codes().float() / self.multiplier()
        if self.kind != FLOAT32:
            raise InvalidModel(f"has the type {self.kind:#x} instead of float32")
        elements = torch.from_numpy(np.frombuffer(self.data, "<f4", self.elements).reshape(self.shape).copy())
        if not elements.isfinite().all():
            raise InvalidModel("contains infinite values or NaN")
        return elements

    def codes(self) -> Tensor:
        """Returns the int8 codes of an INTGEMM8, in the order of the file. Raises InvalidModel."""
        if self.kind != INTGEMM8:
            raise InvalidModel(f"has the type {self.kind:#x} instead of int8")
        return torch.from_numpy(np.frombuffer(self.data, "i1", self.elements).reshape(self.shape).copy())

    def multiplier(self) -> float:
        """Returns the quantization multiplier of an INTGEMM8. Raises InvalidModel."""
        multiplier = float(struct.unpack_from("<f", self.data, self.elements)[0])
        if not (math.isfinite(multiplier) and multiplier > 0):
            raise InvalidModel(f"has the invalid quantization multiplier {multiplier}")
        return multiplier


def content(path: Path) -> bytes:
    """Returns the content of a file, decompressed if it is a gzip file. Raises LoadFailed."""
    try:
        data = path.read_bytes()
        if data.startswith(GZIP):
            with gzip.open(path) as file:
                data = file.read(MAX_FILE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise LoadFailed(f"{path} cannot be read: {error}") from error
    if len(data) >= MAX_FILE_BYTES:
        raise LoadFailed(f"{path} is too large for a Marian model.")
    return data


def read_items(path: Path) -> dict[str, MarianItem]:
    """Returns the items of a model file, by name. Raises LoadFailed with the file and the fault."""
    try:
        return dict(_items(memoryview(content(path))))
    except (InvalidModel, struct.error) as error:
        raise LoadFailed(f"{path} is not a Marian model, or it is damaged: {error}. Fetch it again.") from error


def _items(data: memoryview) -> Iterator[tuple[str, MarianItem]]:
    version, count = struct.unpack_from("<2Q", data)
    if version != VERSION:
        raise InvalidModel(f"its version is {version} instead of {VERSION}")
    if count > MAX_ITEMS:
        raise InvalidModel(f"it declares {count} items, and at most {MAX_ITEMS} are supported")
    headers = [struct.unpack_from("<4Q", data, 16 + 32 * index) for index in range(count)]
    at = 16 + 32 * count
    names: list[str] = []
    for length, *_ in headers:
        names.append(_name(data, at, length))
        at += length
    if len(set(names)) != count:
        raise InvalidModel("two items have the same name")
    shapes: list[tuple[int, ...]] = []
    for _, _, rank, _ in headers:
        shapes.append(_dimensions(data, at, rank))
        at += 4 * rank
    at += 8 + struct.unpack_from("<Q", data, at)[0]
    if at + sum(size for *_, size in headers) != len(data):
        raise InvalidModel(f"the sizes of its items do not add up to its {len(data):,} bytes")
    for name, (_, kind, _, size), shape in zip(names, headers, shapes, strict=True):
        if kind not in ELEMENT_BYTES:
            raise InvalidModel(f"{name} has the unsupported type {kind:#x}")
        if math.prod(shape) * ELEMENT_BYTES[kind] + TRAILING_BYTES[kind] > size:
            raise InvalidModel(f"{name} is truncated")
        yield name, MarianItem(kind, shape, data[at : at + size])
        at += size


def _name(data: memoryview, at: int, length: int) -> str:
    if not 1 < length <= MAX_NAME_BYTES or at + length > len(data):
        raise InvalidModel(f"the name of an item has the invalid length {length}")
    name, nul, rest = bytes(data[at : at + length]).partition(b"\0")
    if not nul or rest.strip(b"\0"):
        raise InvalidModel(f"the name {name!r} is not terminated correctly")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidModel(f"the name {name!r} is not valid UTF-8") from error


def _dimensions(data: memoryview, at: int, rank: int) -> tuple[int, ...]:
    if not 1 <= rank <= MAX_DIMENSIONS:
        raise InvalidModel(f"an item has {rank} dimensions")
    shape = struct.unpack_from(f"<{rank}i", data, at)
    if min(shape) < 1:
        raise InvalidModel(f"an item has the invalid dimensions {shape}")
    return shape
