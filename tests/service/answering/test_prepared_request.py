"""Cache keys of requests: different requests never share one."""

import asyncio
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.settings import ModelSettings
from service.access.auth import Caller
from service.access.keys import Key
from service.answering.prepared_request import PreparedRequest
from service.answering.tasks import WritingTask
from service.links.fetch import Fetcher
from service.routes import blurbs, corrections, editions, summaries, translations
from service.schemas import BaseRequest
from summarizer.desk import Desk
from tests.conftest import MODEL
from tests.desk import pool

Fields = dict[str, Any]


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


# Few values each, so that two requests often differ in one field, or have the same words in different fields.
TEXTS = one_of("A text.", "A text. ", "fr", "A text.|fr")
LANGUAGES = st.lists(one_of("en", "fr", "de"), min_size=1, max_size=2)
WORDS = st.dictionaries(one_of("a", "b", "a:b"), one_of("a", "b"), max_size=2)
ARTICLE: Fields = {"title": TEXTS, "source_language": one_of("en", "fr"), "model": one_of(None, MODEL)}
STRICT: Fields = {"strictness": one_of("repair", "report", "refuse")}
SUMMARY: Fields = {
    "length": one_of("short", "long"),
    "style": one_of("paragraph", "bullets", "headline"),
    "max_words": one_of(5, 6),
    "max_sentences": one_of(5, 6),
}
BLURB: Fields = {
    "profile": one_of("ios", "android", "sms"),
    "title_max": one_of(20, 30),
    "body_max": one_of(20, 30),
    "alternatives": one_of(1, 2),
    "segments": one_of(1, 2),
    "link": one_of("newsapp://fr", "https://example.org/1"),
    "topic": one_of("fr", "news"),
}
OPTIONS: Fields = {
    "summary": st.fixed_dictionaries({}, optional=SUMMARY),
    "blurb": st.fixed_dictionaries({}, optional=BLURB),
    "glossary": st.dictionaries(one_of("fr", "de"), WORDS, max_size=1),
    "keep": st.lists(one_of("a", "b"), max_size=2),
    **STRICT,
}
OLD: st.SearchStrategy[Fields] = st.builds(dict, text=TEXTS) | st.builds(
    dict, article_sha256=one_of("0" * 64, "1" * 64)
)

KINDS: dict[str, tuple[WritingTask[Any, Any], Fields, Fields]] = {
    "summary": (
        summaries.TASK,
        {"text": TEXTS},
        {"target_language": one_of("en", "fr"), **ARTICLE, **SUMMARY, **STRICT},
    ),
    "blurb": (blurbs.TASK, {"text": TEXTS, "target_languages": LANGUAGES}, {**ARTICLE, **BLURB, **STRICT}),
    "edition": (
        editions.TASK,
        {"text": TEXTS, "target_languages": LANGUAGES},
        {"formats": st.lists(one_of("summary", "blurb"), min_size=1, max_size=2), **ARTICLE, **OPTIONS},
    ),
    "translation": (
        translations.TASK,
        {"texts": st.lists(TEXTS, min_size=1, max_size=2), "target_languages": LANGUAGES},
        {"format": one_of("text", "html"), "glossary": WORDS, "keep": st.lists(one_of("a", "b"), max_size=2)},
    ),
    "correction": (corrections.TASK, {"old": OLD, "new": st.builds(dict, text=TEXTS)}, OPTIONS),
}


@cache
def desk() -> Desk:
    return Desk(pool(), ModelSettings(model=MODEL, preload=False))


def prepare(kind: str, fields: Fields, owner: str = "") -> PreparedRequest:
    task = KINDS[kind][0]
    body = task.request(**fields)
    key = Key(owner, owner, "", "write", None, None, 0.0, None) if owner else None
    return PreparedRequest(desk(), Caller(key), task, body, asyncio.run(source(task, body)))


async def source(task: WritingTask[Any, Any], body: BaseRequest) -> Any:
    return await task.source(body, cast("Fetcher", None))  # no generated request has a link


@st.composite
def request_pairs(draw: st.DrawFn) -> tuple[PreparedRequest, PreparedRequest]:
    """Two requests that usually differ in at most one field."""
    kind = draw(one_of(*KINDS))
    fields, name = draw(fields_of(kind)), draw(one_of(*KINDS[kind][1], *KINDS[kind][2]))
    owner, another = draw(one_of(("", ""), ("one", "one"), ("one", "one"), ("", "one"), ("one", "other")))
    if draw(one_of(True, True, True, False)):
        value = draw((KINDS[kind][1] | KINDS[kind][2])[name])
        return prepare(kind, fields, owner), prepare(kind, fields | {name: value}, another)
    other = draw(one_of(*KINDS))
    return prepare(kind, fields, owner), prepare(other, draw(fields_of(other)), another)


def fields_of(kind: str) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries(KINDS[kind][1], optional=KINDS[kind][2])


@given(request_pairs())
@settings(max_examples=1000)
def test_requests_share_a_key_if_and_only_if_they_are_equal(pair: tuple[PreparedRequest, PreparedRequest]):
    one, other = pair
    same = (one.caller.owner, one.task.kind, one.body) == (other.caller.owner, other.task.kind, other.body)
    assert (one.key == other.key) == same


@pytest.mark.parametrize(
    ("kind", "extra"), [("summary", {"late": "extract"}), ("edition", {"summary": {"late": "extract"}})]
)
def test_deadlines_do_not_change_the_key(kind: str, extra: Fields):
    fields = {"text": "A text."} | ({"target_languages": ["fr"]} if kind == "edition" else {})
    variants: tuple[Fields, ...] = ({}, {"stream": True}, {"deadline_ms": 500}, {"deadline_ms": 500, **extra}, extra)
    assert len({prepare(kind, {**fields, **more}).key for more in variants}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [({"text": "a"}, {"texts": ["a"]}), ({"texts": ["a|b"]}, {"texts": ["a", "b"]}), ({"text": "1"}, {"text": "1 "})],
)
def test_similar_fields_do_not_collide(one: Fields, other: Fields):
    keys = [prepare("translation", {"target_language": "fr", **fields}).key for fields in (one, other)]
    assert keys[0] != keys[1]
