"""Plain text: its lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.translating.formats.plain import parse
from summarizer.translating.passages import join, plain_text


@pytest.mark.parametrize("separator", ["\r", "\n", "\r\n", "\r\r", " \r\t", "\u2028", "\x85"], ids=ascii)
def test_a_line_is_a_passage_whatever_ends_it(separator: str):
    text = f"Line A{separator}Line B{separator}"
    assert plain_text(parse(text)) == "Line A\nLine B"
    assert join(parse(text), {}) == text


@given(st.text(alphabet="a \r\n\t", max_size=40))
def test_any_text_is_reproduced(text: str):
    assert join(parse(text), {}) == text


def test_long_runs_of_spaces_take_linear_time():
    assert join(parse(f"a{' ' * 200_000}b"), {})
