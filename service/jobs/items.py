"""Streaming parser for the items of a job: a JSON list or JSON Lines, with each item validated separately."""

import json
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any

import ijson
from fastapi.exceptions import RequestValidationError
from ijson.common import ObjectBuilder
from pydantic import BaseModel, ValidationError

from service.answering.tasks import WritingTask
from service.errors import problem_from, problem_from_status, validation_problem
from service.exceptions import InvalidJob, JobTooLarge
from service.jobs.store import Item
from summarizer.errors import NotText
from summarizer.surrogates import EscapeScanner, check_text

JSON_LINES_TYPES = frozenset({"application/jsonl", "application/x-ndjson", "application/x-jsonlines"})
JSON_TYPE = "application/json"

MAX_DEPTH = 64
"""The deepest nesting of an item; requests of the endpoints nest less than 10 deep."""

MAX_ITEMS = 100_000
"""The most items of a job."""

ARTICLE_FIELDS = ("old", "new")
"""The fields of a correction that contain articles."""

DEPTH_CHANGES = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}


class UploadBody:
    """A request body that is read in parts, with a digest of all parts."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts
        self._digest = sha256()

    @property
    def digest(self) -> str:
        """The SHA-256 of the parts read so far, in hexadecimal."""
        return self._digest.hexdigest()

    async def read(self, size: int = -1) -> bytes:
        """Returns the next part, of any size, or b"" at the end. ijson calls it with 0 to learn the type."""
        if size == 0:
            return b""
        async for part in self._parts:
            if part:
                self._digest.update(part)
                return part
        return b""

    async def drain(self) -> None:
        """Reads the rest of the body."""
        while await self.read():
            pass


async def parse_items(
    body: UploadBody, media_type: str, tasks: Mapping[str, WritingTask[Any, Any]], *, max_bytes: int
) -> AsyncIterator[Item]:
    """Yields the items of a body: at most MAX_ITEMS, of at most `max_bytes` each.

    An invalid item has a problem as its result. Raises JobTooLarge, InvalidJob if the body as a whole is invalid, and
    NotText if a list contains a lone surrogate.
    """
    count = 0
    async for value in (
        _parse_lines(body, max_bytes) if media_type in JSON_LINES_TYPES else _parse_list(body, max_bytes)
    ):
        if count == MAX_ITEMS:
            raise JobTooLarge(f"A job may have at most {MAX_ITEMS:,} items.")
        yield _validated_item(count, value, tasks)
        count += 1
    if not count:
        raise InvalidJob("The job has no items.")


class _BoundedBody:
    """A body for ijson that limits the bytes of one item, because each item is held in memory.

    It also scans for lone surrogates, which ijson replaces with question marks.
    """

    def __init__(self, body: UploadBody, max_bytes: int) -> None:
        self._body = body
        self._max_bytes = max_bytes
        self.item_bytes = 0
        self._scanner = EscapeScanner()

    async def read(self, size: int = -1) -> bytes:
        if self.item_bytes > self._max_bytes:
            raise _item_too_large(self._max_bytes)
        part = await self._body.read(size)
        if size:
            self._scanner.scan(part)
        self.item_bytes += len(part)
        return part


async def _parse_list(body: UploadBody, max_bytes: int) -> AsyncIterator[Any]:
    """Builds the items from events, because `ijson.items` takes quadratic time for deeply nested values."""
    parts = _BoundedBody(body, max_bytes)
    events = ijson.basic_parse(parts, use_float=True)
    try:
        if (await anext(events))[0] != "start_array":
            raise InvalidJob("The body is not a JSON list.")
        async for item in _build_values(events):
            parts.item_bytes = 0
            yield item
    except (ijson.JSONError, ValueError) as error:
        raise InvalidJob("The body is not a JSON list.") from error


async def _build_values(events: AsyncIterator[tuple[str, Any]]) -> AsyncIterator[Any]:
    """Yields the values of a list whose opening bracket was read."""
    depth, builder = 0, ObjectBuilder()
    async for event, value in events:
        depth += DEPTH_CHANGES.get(event, 0)
        if depth > MAX_DEPTH:
            raise InvalidJob(f"An item is nested more than {MAX_DEPTH} levels deep.")
        if depth < 0:
            continue  # the end of the list; ijson rejects anything after it
        builder.event(event, value)
        if depth == 0:
            yield builder.value
            builder = ObjectBuilder()


async def _parse_lines(body: UploadBody, max_bytes: int) -> AsyncIterator[Any]:
    rest = b""
    while part := await body.read():
        *lines, rest = (rest + part).split(b"\n")
        if max(map(len, (*lines, rest))) > max_bytes:
            raise _item_too_large(max_bytes)
        for line in lines:
            if line.strip():
                yield _parse_line(line)
    if rest.strip():
        yield _parse_line(rest)


def _item_too_large(max_bytes: int) -> JobTooLarge:
    return JobTooLarge(f"An item of a job may have at most {max_bytes:,} bytes.")


def _parse_line(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _validated_item(index: int, value: Any, tasks: Mapping[str, WritingTask[Any, Any]]) -> Item:
    if not isinstance(value, dict):
        return Item(index, b"", problem_line(index, problem_from_status(400, "The item is not a JSON object.", "")))
    kind = value.get("kind")
    task = tasks.get(kind) if isinstance(kind, str) else None
    if task is None:
        error = problem_from_status(422, f"kind: The kind of an item must be one of {', '.join(tasks)}.", "")
        return Item(index, b"", problem_line(index, error))
    fields = {name: field for name, field in value.items() if name != "kind"}
    try:
        check_text(value)
        task.request.model_validate(fields)
        return Item(index, json.dumps(value).encode(), characters=_characters(value))
    except ValidationError as error:
        errors = [{**detail, "loc": ("body", *detail["loc"])} for detail in error.errors(include_url=False)]
        return Item(index, b"", problem_line(index, validation_problem(RequestValidationError(errors), "")))
    except NotText as error:
        return Item(index, b"", problem_line(index, problem_from(error, "")))
    except RecursionError:
        return Item(index, b"", problem_line(index, problem_from_status(400, "The item is nested too deeply.", "")))


def _characters(item: dict[str, Any]) -> int:
    """Returns the length of all texts in an item. The texts behind links are counted when they are fetched."""
    articles = [item, *(item[name] for name in ARTICLE_FIELDS if name in item)]
    texts = [
        text
        for article in articles
        for text in (article.get("text"), article.get("html"), *(article.get("texts") or ()))
    ]
    return sum(len(text) for text in texts if text)


def problem_line(index: int, problem: BaseModel) -> bytes:
    """Returns the result line of a failed item."""
    status = getattr(problem, "status", 500)
    return b'{"index":%d,"status":%d,"problem":%s}' % (index, status, problem.model_dump_json().encode())


def answer_line(index: int, body: bytes) -> bytes:
    """Returns the result line of a successful item."""
    return b'{"index":%d,"status":200,"answer":%s}' % (index, body)
