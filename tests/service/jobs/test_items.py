"""A job's items as they stream in."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from service.exceptions import InvalidJob, JobTooLarge
from service.jobs.items import DEPTH, LIST, Body, items
from service.jobs.store import Item
from service.routes import corrections, translations
from tests.desk import ARTICLE, LEAD

LINES = "application/jsonl"

TASKS: Any = {task.kind: task for task in (translations.TASK, corrections.TASK)}


def taken(media: str, *parts: bytes, size: int = 1000) -> list[Item]:
    async def stream() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def all_of_them() -> list[Item]:
        return [item async for item in items(Body(stream()), media, TASKS, most=10, size=size)]

    return asyncio.run(all_of_them())


def test_a_list_that_comes_in_parts_of_any_size():
    given = [{"kind": "translation", "text": LEAD, "target_languages": ["fr", "de"]}, {"kind": [{"a": None}]}, 1.5]
    body = json.dumps(given).encode()
    for size in (1, 7, len(body)):
        found = taken(LIST, *(body[start : start + size] for start in range(0, len(body), size)))
        assert json.loads(found[0].wanted) == given[0]
        assert [item.line is None for item in found] == [True, False, False]


@pytest.mark.parametrize(
    "body", [b'{"item": {"kind": "translation"}}', b'"text"', b"[1] [2]", b"[1", b"[" + b"9" * 500]
)
def test_what_is_no_list(body: bytes):
    with pytest.raises(InvalidJob, match="not a JSON list"):
        taken(LIST, body)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_list_nested_too_deep_is_refused_before_its_depth_takes_memory(opening: bytes):
    with pytest.raises(InvalidJob, match=f"more than {DEPTH} deep"):
        taken(LIST, b"[", opening * 200_000)


@pytest.mark.parametrize("inner", [b"[", b'{"a":'])
def test_a_line_nested_too_deep_is_a_problem_of_its_own(inner: bytes):
    good = json.dumps({"kind": "translation", "text": LEAD, "target_language": "fr"}).encode()
    found = taken(LINES, inner * 100_000 + b"\n" + good, size=1_000_000)
    assert b'"status":400' in (found[0].line or b"")
    assert found[1].line is None


@pytest.mark.parametrize("depth", [900, 950, 980, 990])
def test_no_depth_of_a_line_that_can_be_read_ends_the_others(depth: int):
    deep = b'{"kind":"correction","old":{"text":"a"},"new":{"text":"b"},"editions":[{"target_language":"fr","x":'
    found = taken(LINES, deep + b"[" * depth + b"]" * depth + b"}]}\n{}", size=10_000)
    assert len(found) == 2


@pytest.mark.parametrize(("media", "start"), [(LIST, b'[{"a": "'), (LINES, b'{"a": "')])
def test_an_item_has_a_largest_size_however_it_comes(media: str, start: bytes):
    with pytest.raises(JobTooLarge, match="1,000 bytes"):
        taken(media, start, *[b"x" * 100] * 20, b'"}\n]')


def test_a_line_that_comes_whole_has_the_same_largest_size():
    with pytest.raises(JobTooLarge, match="1,000 bytes"):
        taken(LINES, b'"' + b"x" * 2000 + b'"\n{}')


def test_both_versions_of_an_article_are_counted():
    wanted = {"kind": "correction", "old": {"text": ARTICLE}, "new": {"html": LEAD}}
    (item,) = taken(LIST, json.dumps([wanted]).encode())
    assert item.characters == len(ARTICLE) + len(LEAD)
