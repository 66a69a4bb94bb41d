"""The fair queue."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.protocol import Decoding
from models.scheduling.caller import Flow
from models.scheduling.queue import FairQueue, Space
from models.scheduling.row import SHARED_PREFIX, Row
from tests.models.scheduling.scripted import prompt

SOMEBODY = Flow("somebody")
ONE = Space(1, 1, float("inf"), same_search=True)
MANY = replace(ONE, rows=8, batch_rows=8)
GREEDY = Decoding(max_tokens=10)


def row(text: str = "text", flow: Flow = SOMEBODY, *, prompt_tokens: int = 10, decoding: Decoding = GREEDY) -> Row:
    return Row(prompt(text), decoding, flow, prompt_tokens)


def queue(*rows: Row) -> FairQueue:
    fair_queue = FairQueue()
    for waiting in rows:
        fair_queue.add(waiting)
    return fair_queue


def drained(waiting: FairQueue, space: Space = ONE) -> list[Row]:
    order = []
    while waiting:
        order += waiting.take(space)
    return order


def owners(rows: list[Row]) -> str:
    return "".join(taken.flow.owner for taken in rows)


def test_owners_alternate_regardless_of_their_amount_of_work() -> None:
    many = [row(flow=Flow("a")) for _ in range(9)]
    few = [row(flow=Flow("b")) for _ in range(3)]
    assert Counter(owners(drained(queue(*many, *few))[:6])) == {"a": 3, "b": 3}


def test_fairness_is_measured_in_tokens() -> None:
    long = [row(flow=Flow("a"), prompt_tokens=90) for _ in range(4)]
    short = [row(flow=Flow("b"), prompt_tokens=10) for _ in range(20)]
    taken = drained(queue(*long, *short))[:12]
    assert Counter(owners(taken)) == {"a": 2, "b": 10}


def test_idle_owners_accumulate_no_credit() -> None:
    waiting = queue(*(row(flow=Flow("a")) for _ in range(10)))
    for _ in range(8):
        waiting.take(ONE)
    for _ in range(4):
        waiting.add(row(flow=Flow("b")))
    assert owners(drained(waiting)) in {"abab" + "bb", "baba" + "bb", "abba" + "bb", "baab" + "bb"}


def test_batch_work_waits_for_interactive_work_and_is_not_starved() -> None:
    waiting = queue(*(row(flow=Flow("b", batch=True)) for _ in range(3)))
    order = ""
    for _ in range(60):  # interactive work never ends
        waiting.add(row(flow=Flow("i")))
        order += owners(waiting.take(ONE))
    assert order.startswith("i" * 8)
    assert order.count("b") == 3


def test_a_removed_row_is_not_charged() -> None:
    dropped = row(flow=Flow("a"), prompt_tokens=1000)
    waiting = queue(dropped, row(flow=Flow("b"), prompt_tokens=100))
    waiting.remove(dropped)
    waiting.add(row(flow=Flow("a")))
    assert owners(drained(waiting)) == "ab"


def test_rows_behind_removed_rows_move_up() -> None:
    dropped = [row(prompt_tokens=1000) for _ in range(50)]
    old, older = row("old"), row("older")
    waiting = queue(*dropped, older, old)
    for one in dropped:
        waiting.remove(one)
    new = [row(f"{n}") for n in range(9)]
    for one in new:
        waiting.add(one)
    assert drained(waiting) == [older, old, *new]


def test_removing_earlier_rows_gives_no_advantage() -> None:
    bait = row(flow=Flow("a"), prompt_tokens=1000)
    waiting = queue(bait, *(row(flow=Flow("b")) for _ in range(5)))
    for _ in range(3):
        waiting.take(ONE)
    waiting.add(row(flow=Flow("a")))  # long after the bait
    waiting.remove(bait)
    assert owners(drained(waiting)) == "bab"


def test_a_promoted_row_precedes_batch_work() -> None:
    rows = [row(f"{n}", Flow("b", batch=True)) for n in range(3)]
    waiting = queue(*rows)
    waiting.promote(rows[2], Flow("i"))
    waiting.promote(rows[2], Flow("b", batch=True))
    assert drained(waiting) == [rows[2], rows[0], rows[1]]


def test_similar_lengths_share_a_batch() -> None:
    rows = [row(f"{count}", prompt_tokens=count) for count in (10, 500, 12, 480, 11, 490)]
    two = replace(ONE, rows=3, batch_rows=3)
    assert sorted(taken.prompt_tokens for taken in queue(*rows).take(two)) == [10, 11, 12]


def test_rows_with_a_shared_prefix_have_their_own_batch() -> None:
    article, other = "a" * (SHARED_PREFIX + 1), "b" * (SHARED_PREFIX + 1)
    rows = [row(text + f"{n}", prompt_tokens=300) for n in range(3) for text in (article, other)]
    taken = queue(*rows).take(MANY)
    assert len(taken) == 3
    assert len({one.shared_prefix for one in taken}) == 1


def test_two_rows_with_a_shared_prefix_share_a_batch_with_others() -> None:
    article = "a" * (SHARED_PREFIX + 1)
    rows = [row(article + "1"), row("short"), row(article + "2")]
    assert set(queue(*rows).take(MANY)) == set(rows)


def test_in_a_stepwise_engine_rows_with_a_shared_prefix_are_adjacent() -> None:
    article = "a" * (SHARED_PREFIX + 1)
    rows = [row(article + "1"), row("x"), row(article + "2", decoding=GREEDY.replace(beam_size=2)), row("y")]
    taken = queue(*rows).take(replace(MANY, rows=3, same_search=False))
    assert [rows.index(one) for one in taken] == [0, 2, 1]


def test_rows_with_a_shared_prefix_take_at_most_half_of_the_space_early() -> None:
    article = "a" * (SHARED_PREFIX + 1)
    many = [row(article + f"{n}", Flow("a"), prompt_tokens=300) for n in range(8)]
    others = [row(f"{n}", Flow("b"), prompt_tokens=400) for n in range(2)]
    taken = queue(*many, *others).take(replace(MANY, same_search=False))
    assert Counter(owners(taken)) == {"a": 6, "b": 2}


def test_batch_work_is_bounded_but_never_empty() -> None:
    rows = [row(f"{n}", Flow("b", batch=True)) for n in range(5)]
    waiting = queue(*rows)
    assert len(waiting.take(replace(MANY, batch_tokens=45))) == 2
    assert len(waiting.take(replace(MANY, batch_tokens=1))) == 1
    assert len(waiting.take(replace(MANY, batch_rows=0))) == 0
    assert len(waiting.take(replace(MANY, batch_rows=1))) == 1
    assert len(waiting.take(replace(MANY, rows=0))) == 0


def test_work_ahead_is_counted() -> None:
    waiting = queue(row(), row(flow=Flow("b", batch=True)))
    assert (waiting.ahead_of(SOMEBODY), waiting.ahead_of(Flow(batch=True))) == (20, 40)


FLOWS = st.builds(Flow, st.sampled_from("abc"), st.booleans())
SPACES: Callable[..., st.SearchStrategy[Space]] = lambda: st.builds(  # noqa: E731
    Space, st.integers(0, 4), st.integers(0, 4), st.sampled_from([1.0, 50.0, float("inf")]), same_search=st.booleans()
)


@given(
    st.lists(st.one_of(st.tuples(FLOWS, st.integers(1, 500), st.integers(1, 2)), SPACES(), st.integers(0, 9))),
)
def test_each_row_is_taken_or_removed_exactly_once(steps: list[object]) -> None:
    waiting, expected = FairQueue(), list[Row]()
    for step in steps:
        if isinstance(step, tuple):
            flow, prompt_tokens, beams = step
            expected.append(
                row(str(len(expected)), flow, prompt_tokens=prompt_tokens, decoding=GREEDY.replace(beam_size=beams))
            )
            waiting.add(expected[-1])
        elif isinstance(step, Space):
            taken = waiting.take(step)
            assert len(taken) <= step.rows
            assert len({one.search for one in taken}) <= 1 or not step.same_search
            for one in taken:
                expected.remove(one)
        elif isinstance(step, int) and step < len(expected):
            waiting.remove(expected.pop(step))
        assert set(waiting) == set(expected)
    assert set(drained(waiting)) == set(expected)


@pytest.mark.parametrize("text", ["a" * SHARED_PREFIX, "short"])
def test_short_prompts_have_no_shared_prefix(text: str) -> None:
    assert row(text).shared_prefix == ""
