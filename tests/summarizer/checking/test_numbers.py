"""Numbers, however a language writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.numbers import numbers, unsupported


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("40 percent, 40 %, ٤٠٪ and ४० प्रतिशत", {"40": 4}),
        ("1,000 and 1.000 and 1 000 and 1'000 and 1\u202f000", {"1000": 5}),
        ("3.5 is 3,5", {"35": 2}),
        ("007 and 7", {"7": 2}),
        ("on Feb. 2, 2016", {"2": 1, "2016": 1}),
        ("18:30", {"1830": 1}),
        ("no number", {}),
        ("２０２４年", {"2024": 1}),
    ],
)
def test_numbers_are_told_by_their_digits(text: str, found: dict[str, int]):
    assert dict(numbers(text)) == found


def test_what_the_source_does_not_hold():
    assert unsupported("75 percent in 2016", "40 percent in 2016") == {"75"}


@given(st.text(), st.text())
def test_a_text_supports_itself_and_what_is_put_round_it(text: str, other: str):
    assert unsupported(text, f"{text} \n {other}") == set()
