"""The stored form of results, and their cache keys."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.answering.results import Result, cache_key, etag_matches

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def typed(value: Any) -> Any:
    """Makes comparison strict about types: 1 is neither True nor 1.0."""
    if isinstance(value, dict):
        return {key: typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return (type(value).__name__, repr(value))


@given(JSON, JSON)
def test_only_equal_requests_share_a_key(one: Any, other: Any):
    assert (cache_key("", "k", "m", one) == cache_key("", "k", "m", other)) == (typed(one) == typed(other))


@given(st.lists(st.text(), min_size=3, max_size=3), st.lists(st.text(), min_size=3, max_size=3))
def test_keys_distinguish_owners_kinds_and_models(one: list[str], other: list[str]):
    assert (cache_key(one[0], one[1], one[2], 0) == cache_key(other[0], other[1], other[2], 0)) == (one == other)


def test_etags_are_compared_weakly():
    assert etag_matches('"a", W/"b"', 'W/"b"')
    assert etag_matches('"b"', 'W/"b"')
    assert etag_matches("*", 'W/"b"')
    assert not etag_matches("", 'W/"b"')
    assert not etag_matches('W/"bc"', 'W/"b"')


def test_a_damaged_result_is_not_unpacked():
    packed = Result(b"{}", "", 1.0).pack()
    assert Result.unpack(packed) is None
    assert Result.unpack(b"") is None
