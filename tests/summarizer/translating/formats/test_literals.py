"""Bare URLs and products in Markdown."""

from time import process_time

import pytest

from summarizer.translating.formats.markdown import parse
from summarizer.translating.passages import passages
from tests.summarizer.translating.test_translate import translated


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("See https://a.example/?WT.mc_id=1&b=_c_ for the list.", ["https://a.example/?WT.mc_id=1&b=_c_"]),
        ("https://a.example/_index_/news", ["https://a.example/_index_/news"]),
        ("The room is 2*3*4 metres, or 1.5*2*3,5.", ["2*3*4", "1.5*2*3,5"]),
        ("**https://a.example** or *https://b.example/a_b*", ["https://a.example", "https://b.example/a_b"]),
        ("_https://a.example/_index_/news_ again", ["https://a.example/_index_/news"]),
        ("[https://a.example/_b_](https://c.example/_d_) here", ["https://a.example/_b_"]),
        ("(see https://a.example/_b_(c)), and www.d.example/*e*.", ["https://a.example/_b_(c)", "www.d.example/*e*"]),
        ("| a | b |\n|---|---|\n| 2*3*4 https://a.example/_b_ | c |\n", ["2*3*4", "https://a.example/_b_"]),
        ("It is un*believ*able that 5 * 3 is *2*3.", ["2*3"]),
    ],
)
def test_they_stay_byte_for_byte(text: str, literals: list[str]):
    marks = [mark for passage in passages(parse(text)) for mark in passage.marks]
    assert [mark.verbatim for mark in marks if mark.verbatim] == literals
    assert translated(str, text, format="markdown").texts == (text,)
    (result,) = translated(lambda text: text.replace("a", "e"), text, format="markdown").texts
    assert all(literal in result for literal in literals)


@pytest.mark.parametrize("piece", ["https://", "1*", "www.a_", "&a;", ")", "_"])
def test_hostile_text_takes_linear_time(piece: str):
    def seconds(count: int) -> float:
        start = process_time()
        parse("https://a" + piece * count)
        return process_time() - start

    assert seconds(8_000) < 10 * max(seconds(2_000), 0.05)
