"""Lone surrogates in parsed JSON, and in JSON that arrives in chunks."""

import json
from typing import Any

import pytest

from summarizer.desk import Desk, Source
from summarizer.errors import NotText
from summarizer.surrogates import EscapeScanner, check_text

LONE = "\ud83d"


def scan(data: bytes, size: int) -> None:
    scanner = EscapeScanner()
    for start in range(0, len(data), size):
        scanner.scan(data[start : start + size])
    scanner.scan(b"")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (f"a {LONE}", "The text"),
        ({"text": f"a {LONE} b"}, "`text`"),
        ({"old": {"text": "\udc00"}}, "`old.text`"),
        ({"texts": ["a", LONE]}, "`texts.1`"),
        ({"glossary": {LONE: "a"}}, "`glossary`"),
        ([{"text": LONE}], "`0.text`"),
    ],
)
def test_the_field_of_a_lone_surrogate_is_named(value: Any, place: str):
    with pytest.raises(NotText, match=place) as caught:
        check_text(value)
    str(caught.value).encode()


def test_other_values_are_accepted():
    check_text({"text": "Good night \U0001f319 Łódź \ufffd", "n": 1, "list": [None, True, 1.5, {"a": "b"}]})


def test_deep_nesting_is_no_problem():
    deep: Any = "a"
    for _ in range(100_000):
        deep = [deep]
    check_text(deep)


@pytest.mark.parametrize("size", [1, 5, 7, 1000])
@pytest.mark.parametrize("text", [LONE, "\udc00", f"{LONE}\ud83d\ude00", f"\\{LONE}", f"{LONE}\\ud83d", f"{LONE}x" * 9])
def test_a_lone_escape_is_found_in_chunks_of_any_size(text: str, size: int):
    with pytest.raises(NotText, match="lone surrogate"):
        scan(json.dumps([text]).encode(), size)


@pytest.mark.parametrize("size", [1, 5, 7, 1000])
@pytest.mark.parametrize("text", ["\U0001f319" * 9, "\\ud83d", "\\\\udc00 \U0001f319", 'é\n"\\', "a" * 40])
def test_other_escapes_are_accepted_in_chunks_of_any_size(text: str, size: int):
    scan(json.dumps([text]).encode(), size)


def test_the_desk_refuses_them(desk: Desk):
    with pytest.raises(NotText, match="ud83d"):
        desk.summarise(Source(text=f"The {LONE} bridge opened on Monday."))
