"""A job's items as they stream in: a JSON list or JSON lines, each item checked by itself."""

import json
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any

import ijson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from service.errors import invalid, plain
from service.jobs import Item
from service.refusals import JobTooLarge, NotItems
from service.tasks import Task

LINES = frozenset({"application/jsonl", "application/x-ndjson", "application/x-jsonlines"})
LIST = "application/json"


class Body:
    """A body as it streams in, with a digest of all that was read."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts
        self._digest = sha256()

    @property
    def digest(self) -> str:
        """Of what was read so far."""
        return self._digest.hexdigest()

    async def read(self, size: int = -1) -> bytes:
        """The next part, of any size; none at the end. ijson asks for 0 to see what type there is."""
        if size == 0:
            return b""
        async for part in self._parts:
            if part:
                self._digest.update(part)
                return part
        return b""

    async def drain(self) -> None:
        """Reads what is left."""
        while await self.read():
            pass


async def items(
    body: Body, media: str, tasks: Mapping[str, Task[Any, Any]], *, most: int, size: int
) -> AsyncIterator[Item]:
    """The items of a body, at most `most`; a line may have `size` bytes.

    One that no task takes has its problem from the start. Raises JobTooLarge, and NotItems for a body that is none.
    """
    n = 0
    async for given in _lines(body, size) if media in LINES else _listed(body):
        if n == most:
            raise JobTooLarge(f"A job may have {most:,} items.")
        yield _item(n, given, tasks)
        n += 1
    if not n:
        raise NotItems("The job has no items.")


async def _listed(body: Body) -> AsyncIterator[Any]:
    try:
        async for given in ijson.items(body, "item", use_float=True):
            yield given
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise NotItems("The body is not a JSON list.") from error


async def _lines(body: Body, size: int) -> AsyncIterator[Any]:
    rest = b""
    while part := await body.read():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            if line.strip():
                yield _parsed(line)
        if len(rest) > size:
            raise JobTooLarge(f"A line of a job may have {size:,} bytes.")
    if rest.strip():
        yield _parsed(rest)


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _item(n: int, given: Any, tasks: Mapping[str, Task[Any, Any]]) -> Item:
    if not isinstance(given, dict):
        return Item(n, b"", problem_line(n, plain(400, "The item is not a JSON object.", "")))
    kind = given.get("kind")
    task = tasks.get(kind) if isinstance(kind, str) else None
    if task is None:
        told = plain(422, f"kind: An item's kind is one of {', '.join(tasks)}.", "")
        return Item(n, b"", problem_line(n, told))
    fields = {name: value for name, value in given.items() if name != "kind"}
    try:
        task.request.model_validate(fields)
    except ValidationError as error:
        errors = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        return Item(n, b"", problem_line(n, invalid(RequestValidationError(errors), "")))
    texts = [given.get("text"), given.get("html"), *(given.get("texts") or ())]
    return Item(n, json.dumps(given).encode(), characters=sum(len(text) for text in texts if text))


def problem_line(n: int, told: BaseModel) -> bytes:
    """The result of an item that failed, as a line of JSON."""
    status = getattr(told, "status", 500)
    return b'{"index":%d,"status":%d,"problem":%s}' % (n, status, told.model_dump_json().encode())


def answer_line(n: int, body: bytes) -> bytes:
    """The result of an item that was done, as a line of JSON."""
    return b'{"index":%d,"status":200,"answer":%s}' % (n, body)
