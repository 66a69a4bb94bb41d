"""Batches of prompts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.engines.batches import by_length, check_window
from models.errors import PromptTooLong


@given(lengths=st.lists(st.integers(0, 50)), most=st.integers(1, 9))
def test_batches_are_sorted_by_length_with_the_longest_first(lengths: list[int], most: int) -> None:
    batches = list(by_length(lengths, most))
    order = [index for batch in batches for index in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[index] for index in order] == sorted(lengths, reverse=True)
    assert all(len(batch) == most for batch in batches[:-1])
    assert all(0 < len(batch) <= most for batch in batches[-1:])


def test_prompts_of_equal_length_stay_in_order() -> None:
    assert list(by_length([5, 5, 5], 2)) == [[0, 1], [2]]


def test_a_prompt_must_leave_room_for_output() -> None:
    check_window([], 10)
    check_window([9, 1], 10)
    for lengths in ([10], [1, 11, 2]):
        with pytest.raises(PromptTooLong, match=f"has {max(lengths)} tokens; the model's window is 10") as refusal:
            check_window(lengths, 10)
        assert refusal.value.hint
