"""A finished answer as it is kept: JSON, its digest, and the key that it is found by."""

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
"""Of what is kept; another number finds nothing that was kept before."""

_PACKED = re.compile(rb"([0-9a-f]{64}) ([0-9]+[.][0-9]+)\n(.*)", re.DOTALL)

_REQUEST = re.compile(rb'"request_id":"[^"]*"')
"""A field and no text: a quotation mark within a text is escaped."""

_FLOORS = ("models", "summarizer", "service")


@dataclass(frozen=True, slots=True)
class Result:
    """An answer but for what differs each time it is given, `cached` and `timings_ms`; and when it was written."""

    content: bytes
    digest: str
    created: float

    @classmethod
    def of(cls, answer: BaseModel) -> Self:
        """The result in an answer."""
        content = to_json(answer.model_dump(mode="json", exclude={"cached", "timings_ms"}))
        return cls(content, _digest(content), time.time())

    @classmethod
    def unpack(cls, packed: bytes) -> Self | None:
        """The result as it was packed; None for bytes that are none, or damaged."""
        found = _PACKED.fullmatch(packed)
        whole = found and found[1].decode() == _digest(found[3])
        return cls(found[3], found[1].decode(), float(found[2])) if found and whole else None

    def pack(self) -> bytes:
        """Bytes to keep."""
        return f"{self.digest} {self.created:.3f}\n".encode() + self.content

    @property
    def etag(self) -> str:
        """Weak: `cached`, `timings_ms` and the `request_id` of a problem within do not count."""
        return f'W/"{_digest(_REQUEST.sub(b"", self.content))[:32]}"'

    def told(self, timings_ms: Mapping[str, float], *, cached: bool) -> bytes:
        """The answer as it is sent."""
        return self.content[:-1] + b"," + to_json({"cached": cached, "timings_ms": timings_ms})[1:]


def cache_key(owner: str, kind: str, identity: str, wanted: Any) -> str:
    """What a result is found by. Two requests share a key when they are equal: same owner, kind, models and JSON."""
    parts = [FORMAT, source_digest(), owner, kind, identity, wanted]
    told = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _digest(told.encode("utf-8", "surrogatepass"))


def etag_matches(condition: str, etag: str) -> bool:
    """Whether an `If-None-Match` names an ETag, compared weakly (RFC 9110, 8.8.3.2)."""
    opaque = etag.removeprefix("W/")
    return any(given.strip().removeprefix("W/") in {opaque, "*"} for given in condition.split(","))


@cache
def source_digest() -> str:
    """A digest of Lede's own sources: another state of the code may answer otherwise, whatever its version says."""
    digest = sha256()
    for floor in _FLOORS:
        for path in _sources(files(floor)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    inner = sorted(folder.iterdir(), key=lambda path: path.name)
    own = [path for path in inner if path.is_file() and path.name.endswith((".py", ".toml"))]
    return own + [path for part in inner if part.is_dir() for path in _sources(part)]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
