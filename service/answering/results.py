"""Finished results as they are cached: JSON, its digest, and the cache key."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Self

from pydantic import BaseModel
from pydantic_core import to_json

FORMAT = 2
"""Version of the stored format; a new version ignores results stored by older ones."""

_PACKED = re.compile(rb"([0-9a-f]{64}) ([0-9]+[.][0-9]+)\n(.*)", re.DOTALL)

_REQUEST_ID = re.compile(rb'"request_id":"[^"]*"')
"""Matches only the field, never text: quotation marks within strings are escaped."""

_PACKAGES = ("models", "summarizer", "service")


@dataclass(frozen=True, slots=True)
class Result:
    """An answer as JSON without `cached` and `timings_ms`, which differ between requests; and when it was written."""

    content: bytes
    digest: str
    created: float

    @classmethod
    def of(cls, answer: BaseModel) -> Self:
        """Returns the result of an answer."""
        content = to_json(answer.model_dump(mode="json", exclude={"cached", "timings_ms"}))
        return cls(content, _digest(content), time.time())

    @classmethod
    def unpack(cls, packed: bytes) -> Self | None:
        """Returns the result that `pack` encoded; None if the bytes are damaged."""
        match = _PACKED.fullmatch(packed)
        intact = match and match[1].decode() == _digest(match[3])
        return cls(match[3], match[1].decode(), float(match[2])) if match and intact else None

    def pack(self) -> bytes:
        """Encodes the result for a store."""
        return f"{self.digest} {self.created:.3f}\n".encode() + self.content

    @property
    def etag(self) -> str:
        """A weak ETag: `cached`, `timings_ms` and the `request_id` of nested problems are ignored."""
        return f'W/"{_digest(_REQUEST_ID.sub(b"", self.content))[:32]}"'

    def to_json(self, timings_ms: Mapping[str, float], *, cached: bool) -> bytes:
        """Returns the response body."""
        return self.content[:-1] + b"," + to_json({"cached": cached, "timings_ms": timings_ms})[1:]


def cache_key(owner: str, kind: str, identity: str, request: Any) -> str:
    """Returns the cache key of a request. Requests share a key if owner, kind, models and JSON are equal."""
    parts = [FORMAT, source_digest(), owner, kind, identity, request]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _digest(text.encode("utf-8", "surrogatepass"))


def etag_matches(condition: str, etag: str) -> bool:
    """Whether an `If-None-Match` header lists an ETag, by weak comparison (RFC 9110, 8.8.3.2)."""
    opaque = etag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") in {opaque, "*"} for one in condition.split(","))


@cache
def source_digest() -> str:
    """Returns a digest of Lede's source code: changed code can give other results, even within a version."""
    digest = sha256()
    for package in _PACKAGES:
        for path in _sources(files(package)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    entries = sorted(folder.iterdir(), key=lambda path: path.name)
    sources = [path for path in entries if path.is_file() and path.name.endswith((".py", ".toml"))]
    return sources + [path for entry in entries if entry.is_dir() for path in _sources(entry)]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
