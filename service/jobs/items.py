"""A job's items as they stream in: a JSON list or JSON lines, each item checked by itself."""

import json
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any

import ijson
from fastapi.exceptions import RequestValidationError
from ijson.common import ObjectBuilder
from pydantic import BaseModel, ValidationError

from service.answering.tasks import WritingTask
from service.errors import problem_from_status, validation_problem
from service.exceptions import InvalidJob, JobTooLarge
from service.jobs.store import Item

LINES = frozenset({"application/jsonl", "application/x-ndjson", "application/x-jsonlines"})
LIST = "application/json"

DEPTH = 64
"""How deep an item may be nested; what endpoints take is less than 10 deep."""

VERSIONS = ("old", "new")
"""Articles within an item, of a correction."""

STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}


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
    body: Body, media: str, tasks: Mapping[str, WritingTask[Any, Any]], *, most: int, size: int
) -> AsyncIterator[Item]:
    """The items of a body, at most `most`, of `size` bytes each.

    One that no task takes has its problem from the start. Raises JobTooLarge, and NotItems for a body that is none.
    """
    n = 0
    async for given in _lines(body, size) if media in LINES else _listed(body, size):
        if n == most:
            raise JobTooLarge(f"A job may have {most:,} items.")
        yield _item(n, given, tasks)
        n += 1
    if not n:
        raise InvalidJob("The job has no items.")


class _Bounded:
    """A body as ijson reads it, no further than `size` bytes behind the last whole item: one has to fit in memory."""

    def __init__(self, body: Body, size: int) -> None:
        self._body = body
        self._size = size
        self.behind = 0

    async def read(self, size: int = -1) -> bytes:
        if self.behind > self._size:
            raise _too_large(self._size)
        part = await self._body.read(size)
        self.behind += len(part)
        return part


async def _listed(body: Body, size: int) -> AsyncIterator[Any]:
    """A list's items, from events: ijson.items keeps the way to each value, whose length is quadratic in the depth."""
    parts = _Bounded(body, size)
    events = ijson.basic_parse(parts, use_float=True)
    try:
        if (await anext(events))[0] != "start_array":
            raise InvalidJob("The body is not a JSON list.")
        async for item in _built(events):
            parts.behind = 0
            yield item
    except (ijson.JSONError, ValueError) as error:
        raise InvalidJob("The body is not a JSON list.") from error


async def _built(events: AsyncIterator[tuple[str, Any]]) -> AsyncIterator[Any]:
    """The values of a list whose start was read."""
    depth, builder = 0, ObjectBuilder()
    async for event, value in events:
        depth += STEPS.get(event, 0)
        if depth > DEPTH:
            raise InvalidJob(f"An item is nested more than {DEPTH} deep.")
        if depth < 0:
            continue  # the list's end; what comes behind it is ijson's to refuse
        builder.event(event, value)
        if depth == 0:
            yield builder.value
            builder = ObjectBuilder()


async def _lines(body: Body, size: int) -> AsyncIterator[Any]:
    rest = b""
    while part := await body.read():
        *lines, rest = (rest + part).split(b"\n")
        if max(map(len, (*lines, rest))) > size:
            raise _too_large(size)
        for line in lines:
            if line.strip():
                yield _parsed(line)
    if rest.strip():
        yield _parsed(rest)


def _too_large(size: int) -> JobTooLarge:
    return JobTooLarge(f"An item of a job may have {size:,} bytes.")


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _item(n: int, given: Any, tasks: Mapping[str, WritingTask[Any, Any]]) -> Item:
    if not isinstance(given, dict):
        return Item(n, b"", problem_line(n, problem_from_status(400, "The item is not a JSON object.", "")))
    kind = given.get("kind")
    task = tasks.get(kind) if isinstance(kind, str) else None
    if task is None:
        told = problem_from_status(422, f"kind: An item's kind is one of {', '.join(tasks)}.", "")
        return Item(n, b"", problem_line(n, told))
    fields = {name: value for name, value in given.items() if name != "kind"}
    try:
        task.request.model_validate(fields)
        return Item(n, json.dumps(given).encode(), characters=_characters(given))
    except ValidationError as error:
        errors = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        return Item(n, b"", problem_line(n, validation_problem(RequestValidationError(errors), "")))
    except RecursionError:
        return Item(n, b"", problem_line(n, problem_from_status(400, "The item is nested too deep.", "")))


def _characters(given: dict[str, Any]) -> int:
    """How long the texts are that an item holds. Those behind its links are counted when they are here."""
    articles = [given, *(given[version] for version in VERSIONS if version in given)]
    texts = [text for one in articles for text in (one.get("text"), one.get("html"), *(one.get("texts") or ()))]
    return sum(len(text) for text in texts if text)


def problem_line(n: int, told: BaseModel) -> bytes:
    """The result of an item that failed, as a line of JSON."""
    status = getattr(told, "status", 500)
    return b'{"index":%d,"status":%d,"problem":%s}' % (n, status, told.model_dump_json().encode())


def answer_line(n: int, body: bytes) -> bytes:
    """The result of an item that was done, as a line of JSON."""
    return b'{"index":%d,"status":200,"answer":%s}' % (n, body)
