"""Fair use of a bounded queue."""

from collections import Counter
from math import log

from hypothesis import given
from hypothesis import strategies as st

from models.scheduling.places import is_full


def test_any_owner_may_use_free_places() -> None:
    assert not is_full("aaa", "a", 1, 4)
    assert is_full("aaaa", "a", 1, 4)
    assert is_full("aaa", "a", 2, 4)


def test_when_full_each_owner_has_an_equal_share() -> None:
    assert not is_full("aaaa", "b", 1, 4)
    assert not is_full("aaaab", "b", 1, 4)
    assert is_full("aaaabb", "b", 1, 4)
    assert is_full("aaaabb", "a", 1, 4)
    assert not is_full("aaaabb", "c", 1, 4)


def test_an_owner_with_nothing_in_the_queue_is_always_admitted() -> None:
    assert not is_full("aaaa", "b", 9, 4)
    assert not is_full("", "a", 9, 4)
    assert not is_full("a", "b", 1, 0)


@given(st.lists(st.sampled_from("abcdefgh")), st.integers(1, 20))
def test_the_queue_is_bounded(comers: list[str], places: int) -> None:
    queued: list[str] = []
    for owner in comers:
        if not is_full(queued, owner, 1, places):
            queued.append(owner)
    owners = len(Counter(queued))
    assert len(queued) <= places * (1 + log(max(owners, 1))) + owners
