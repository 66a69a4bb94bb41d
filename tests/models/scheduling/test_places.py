"""Places: all are taken by whoever comes, and there is one for whoever has few."""

from collections import Counter
from math import log

from hypothesis import given
from hypothesis import strategies as st

from models.scheduling.places import is_full


def test_anyone_may_take_what_is_free() -> None:
    assert not is_full("aaa", "a", 1, 4)
    assert is_full("aaaa", "a", 1, 4)
    assert is_full("aaa", "a", 2, 4)


def test_beyond_them_an_equal_part_is_everyones() -> None:
    assert not is_full("aaaa", "b", 1, 4)
    assert not is_full("aaaab", "b", 1, 4)
    assert is_full("aaaabb", "b", 1, 4)
    assert is_full("aaaabb", "a", 1, 4)
    assert not is_full("aaaabb", "c", 1, 4)


def test_who_has_nothing_is_let_in_whatever_is_brought() -> None:
    assert not is_full("aaaa", "b", 9, 4)
    assert not is_full("", "a", 9, 4)
    assert not is_full("a", "b", 1, 0)


@given(st.lists(st.sampled_from("abcdefgh")), st.integers(1, 20))
def test_the_sum_is_bounded(comers: list[str], places: int) -> None:
    held: list[str] = []
    for owner in comers:
        if not is_full(held, owner, 1, places):
            held.append(owner)
    owners = len(Counter(held))
    assert len(held) <= places * (1 + log(max(owners, 1))) + owners
