"""Whose turn it is."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.protocol import Decoding
from models.scheduling.caller import Caller
from models.scheduling.queue import FairQueue, Space
from models.scheduling.row import FAMILY, Row
from tests.models.scheduling.scripted import prompt

SOMEBODY = Caller("somebody")
ONE = Space(1, 1, float("inf"), alike=True)
MANY = replace(ONE, rows=8, batch_rows=8)
GREEDY = Decoding(max_tokens=10)


def row(text: str = "text", caller: Caller = SOMEBODY, *, reads: int = 10, decoding: Decoding = GREEDY) -> Row:
    return Row(prompt(text), decoding, caller, reads)


def queue(*rows: Row) -> FairQueue:
    made = FairQueue()
    for waiting in rows:
        made.add(waiting)
    return made


def drained(waiting: FairQueue, space: Space = ONE) -> list[Row]:
    order = []
    while waiting:
        order += waiting.take(space)
    return order


def owners(rows: list[Row]) -> str:
    return "".join(taken.caller.owner for taken in rows)


def test_owners_take_turns_however_much_each_has() -> None:
    many = [row(caller=Caller("a")) for _ in range(9)]
    few = [row(caller=Caller("b")) for _ in range(3)]
    assert Counter(owners(drained(queue(*many, *few))[:6])) == {"a": 3, "b": 3}


def test_turns_are_counted_in_work() -> None:
    long = [row(caller=Caller("a"), reads=90) for _ in range(4)]
    short = [row(caller=Caller("b"), reads=10) for _ in range(20)]
    taken = drained(queue(*long, *short))[:12]
    assert Counter(owners(taken)) == {"a": 2, "b": 10}


def test_who_waited_for_nothing_saves_up_nothing() -> None:
    waiting = queue(*(row(caller=Caller("a")) for _ in range(10)))
    for _ in range(8):
        waiting.take(ONE)
    for _ in range(4):
        waiting.add(row(caller=Caller("b")))
    assert owners(drained(waiting)) in {"abab" + "bb", "baba" + "bb", "abba" + "bb", "baab" + "bb"}


def test_batch_work_waits_for_interactive_work_and_is_not_starved() -> None:
    waiting = queue(*(row(caller=Caller("b", batch=True)) for _ in range(3)))
    order = ""
    for _ in range(60):  # interactive work never ends
        waiting.add(row(caller=Caller("i")))
        order += owners(waiting.take(ONE))
    assert order.startswith("i" * 8)
    assert order.count("b") == 3


def test_a_row_that_is_taken_out_is_not_charged_for() -> None:
    dropped = row(caller=Caller("a"), reads=1000)
    waiting = queue(dropped, row(caller=Caller("b"), reads=100))
    waiting.remove(dropped)
    waiting.add(row(caller=Caller("a")))
    assert owners(drained(waiting)) == "ab"


def test_what_waited_behind_dropped_rows_moves_up() -> None:
    dropped = [row(reads=1000) for _ in range(50)]
    old, older = row("old"), row("older")
    waiting = queue(*dropped, older, old)
    for one in dropped:
        waiting.remove(one)
    new = [row(f"{n}") for n in range(9)]
    for one in new:
        waiting.add(one)
    assert drained(waiting) == [older, old, *new]


def test_nobody_gains_a_turn_by_dropping_what_stood_before() -> None:
    bait = row(caller=Caller("a"), reads=1000)
    waiting = queue(bait, *(row(caller=Caller("b")) for _ in range(5)))
    for _ in range(3):
        waiting.take(ONE)
    waiting.add(row(caller=Caller("a")))  # long after the bait
    waiting.remove(bait)
    assert owners(drained(waiting)) == "bab"


def test_a_row_that_becomes_urgent_goes_before_batch_work() -> None:
    rows = [row(f"{n}", Caller("b", batch=True)) for n in range(3)]
    waiting = queue(*rows)
    waiting.promote(rows[2], Caller("i"))
    waiting.promote(rows[2], Caller("b", batch=True))
    assert drained(waiting) == [rows[2], rows[0], rows[1]]


def test_like_lengths_go_together() -> None:
    rows = [row(f"{reads}", reads=reads) for reads in (10, 500, 12, 480, 11, 490)]
    two = replace(ONE, rows=3, batch_rows=3)
    assert sorted(taken.reads for taken in queue(*rows).take(two)) == [10, 11, 12]


def test_those_who_read_one_article_are_a_batch_of_their_own() -> None:
    article, other = "a" * (FAMILY + 1), "b" * (FAMILY + 1)
    rows = [row(text + f"{n}", reads=300) for n in range(3) for text in (article, other)]
    taken = queue(*rows).take(MANY)
    assert len(taken) == 3
    assert len({one.family for one in taken}) == 1


def test_two_who_read_one_article_share_their_batch_with_others() -> None:
    article = "a" * (FAMILY + 1)
    rows = [row(article + "1"), row("short"), row(article + "2")]
    assert set(queue(*rows).take(MANY)) == set(rows)


def test_where_rows_join_singly_one_articles_stand_together() -> None:
    article = "a" * (FAMILY + 1)
    rows = [row(article + "1"), row("x"), row(article + "2", decoding=GREEDY.but(beam_size=2)), row("y")]
    taken = queue(*rows).take(replace(MANY, rows=3, alike=False))
    assert [rows.index(one) for one in taken] == [0, 2, 1]


def test_one_articles_rows_take_no_more_than_half_of_the_places_before_their_turn() -> None:
    article = "a" * (FAMILY + 1)
    many = [row(article + f"{n}", Caller("a"), reads=300) for n in range(8)]
    others = [row(f"{n}", Caller("b"), reads=400) for n in range(2)]
    taken = queue(*many, *others).take(replace(MANY, alike=False))
    assert Counter(owners(taken)) == {"a": 6, "b": 2}


def test_a_batch_of_batch_work_is_bounded_and_never_empty() -> None:
    rows = [row(f"{n}", Caller("b", batch=True)) for n in range(5)]
    waiting = queue(*rows)
    assert len(waiting.take(replace(MANY, batch_tokens=45))) == 2
    assert len(waiting.take(replace(MANY, batch_tokens=1))) == 1
    assert len(waiting.take(replace(MANY, batch_rows=0))) == 0
    assert len(waiting.take(replace(MANY, batch_rows=1))) == 1
    assert len(waiting.take(replace(MANY, rows=0))) == 0


def test_what_goes_before_is_counted() -> None:
    waiting = queue(row(), row(caller=Caller("b", batch=True)))
    assert (waiting.ahead_of(SOMEBODY), waiting.ahead_of(Caller(batch=True))) == (20, 40)


CALLERS = st.builds(Caller, st.sampled_from("abc"), st.booleans())
SPACES: Callable[..., st.SearchStrategy[Space]] = lambda: st.builds(  # noqa: E731
    Space, st.integers(0, 4), st.integers(0, 4), st.sampled_from([1.0, 50.0, float("inf")]), alike=st.booleans()
)


@given(
    st.lists(st.one_of(st.tuples(CALLERS, st.integers(1, 500), st.integers(1, 2)), SPACES(), st.integers(0, 9))),
)
def test_whatever_comes_each_row_is_taken_once_or_removed(steps: list[object]) -> None:
    waiting, expected = FairQueue(), list[Row]()
    for step in steps:
        if isinstance(step, tuple):
            caller, reads, beams = step
            expected.append(row(str(len(expected)), caller, reads=reads, decoding=GREEDY.but(beam_size=beams)))
            waiting.add(expected[-1])
        elif isinstance(step, Space):
            taken = waiting.take(step)
            assert len(taken) <= step.rows
            assert len({one.search for one in taken}) <= 1 or not step.alike
            for one in taken:
                expected.remove(one)
        elif isinstance(step, int) and step < len(expected):
            waiting.remove(expected.pop(step))
        assert set(waiting) == set(expected)
    assert set(drained(waiting)) == set(expected)


@pytest.mark.parametrize("text", ["a" * FAMILY, "short"])
def test_short_prompts_have_no_family(text: str) -> None:
    assert row(text).family == ""
