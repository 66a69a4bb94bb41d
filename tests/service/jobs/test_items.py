"""The streaming parser of job items."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from service.exceptions import InvalidJob, JobTooLarge
from service.jobs.items import JSON_TYPE, MAX_DEPTH, UploadBody, parse_items
from service.jobs.store import Item
from service.routes import corrections, translations
from summarizer.errors import NotText
from tests.desk import ARTICLE, LEAD

LINES = "application/jsonl"

TASKS: Any = {task.kind: task for task in (translations.TASK, corrections.TASK)}


def parsed(media_type: str, *parts: bytes, size: int = 1000) -> list[Item]:
    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def collect() -> list[Item]:
        return [item async for item in parse_items(UploadBody(stream()), media_type, TASKS, max_bytes=size)]

    return asyncio.run(collect())


def test_a_list_in_parts_of_any_size():
    values = [{"kind": "translation", "text": LEAD, "target_languages": ["fr", "de"]}, {"kind": [{"a": None}]}, 1.5]
    body = json.dumps(values).encode()
    for size in (1, 7, len(body)):
        items = parsed(JSON_TYPE, *(body[start : start + size] for start in range(0, len(body), size)))
        assert json.loads(items[0].request) == values[0]
        assert [item.result is None for item in items] == [True, False, False]


@pytest.mark.parametrize(
    "body", [b'{"item": {"kind": "translation"}}', b'"text"', b"[1] [2]", b"[1", b"[" + b"9" * 500]
)
def test_a_body_that_is_not_a_list(body: bytes):
    with pytest.raises(InvalidJob, match="not a JSON list"):
        parsed(JSON_TYPE, body)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_list_nested_too_deeply_is_rejected_early(opening: bytes):
    with pytest.raises(InvalidJob, match=f"more than {MAX_DEPTH} levels deep"):
        parsed(JSON_TYPE, b"[", opening * 200_000)


@pytest.mark.parametrize("inner", [b"[", b'{"a":'])
def test_a_line_nested_too_deeply_fails_without_affecting_others(inner: bytes):
    good = json.dumps({"kind": "translation", "text": LEAD, "target_language": "fr"}).encode()
    items = parsed(LINES, inner * 100_000 + b"\n" + good, size=1_000_000)
    assert b'"status":400' in (items[0].result or b"")
    assert items[1].result is None


@pytest.mark.parametrize("depth", [900, 950, 980, 990])
def test_a_deeply_nested_line_never_affects_others(depth: int):
    deep = b'{"kind":"correction","old":{"text":"a"},"new":{"text":"b"},"editions":[{"target_language":"fr","x":'
    items = parsed(LINES, deep + b"[" * depth + b"]" * depth + b"}]}\n{}", size=10_000)
    assert len(items) == 2


@pytest.mark.parametrize(("media", "start"), [(JSON_TYPE, b'[{"a": "'), (LINES, b'{"a": "')])
def test_the_size_of_an_item_is_limited_in_both_formats(media: str, start: bytes):
    with pytest.raises(JobTooLarge, match="1,000 bytes"):
        parsed(media, start, *[b"x" * 100] * 20, b'"}\n]')


def test_the_size_of_a_line_in_one_part_is_limited():
    with pytest.raises(JobTooLarge, match="1,000 bytes"):
        parsed(LINES, b'"' + b"x" * 2000 + b'"\n{}')


def test_the_characters_of_both_article_versions_are_counted():
    request = {"kind": "correction", "old": {"text": ARTICLE}, "new": {"html": LEAD}}
    (item,) = parsed(JSON_TYPE, json.dumps([request]).encode())
    assert item.characters == len(ARTICLE) + len(LEAD)


LONE = rb'{"kind":"translation","text":"Good night \ud83d to all.","target_language":"fr"}'
PAIR = rb'{"kind":"translation","text":"Good night \ud83c\udf19 to all.","target_language":"fr"}'


def test_a_lone_surrogate_in_a_line_fails_that_item():
    items = parsed(LINES, LONE + b"\n" + PAIR)
    assert b"urn:lede:problem:not-text" in (items[0].result or b"")
    assert items[1].result is None


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_lone_surrogate_in_a_list_refuses_the_list(size: int):
    body = b"[" + LONE + b"," + PAIR + b"]"
    with pytest.raises(NotText, match="ud83d"):
        parsed(JSON_TYPE, *(body[start : start + size] for start in range(0, len(body), size)))
    (item,) = parsed(JSON_TYPE, b"[" + PAIR + b"]")
    assert json.loads(item.request)["text"] == "Good night \U0001f319 to all."
