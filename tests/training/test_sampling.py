"""Sampling rows: balanced between directions, human references first."""

import dataclasses

import pytest

from training.corpus import HUMAN
from training.sampling import Entry, best_by_direction, quotas, sample
from training.settings import TrainingSettings

DATA = TrainingSettings.read().data


def entries(direction: str, count: int, origin: str = HUMAN, first: int = 0) -> list[Entry]:
    return [Entry(first + number, direction, origin, first + number, -number) for number in range(count)]


def test_a_temperature_balances_directions():
    counts = {"en-de": 30_000, "en-ar": 800}
    same = quotas(counts, 3_080, 1.0, 1)
    near = quotas(counts, 1_000, 3.0, 1)
    assert same == {"en-de": 3_000, "en-ar": 80}
    assert near["en-de"] / near["en-ar"] == pytest.approx((30_000 / 800) ** (1 / 3), rel=0.01)
    assert sum(near.values()) == 1_000


def test_the_unused_share_of_a_small_direction_goes_to_the_others():
    defaults = quotas({"en-de": 1_000, "en-fr": 1_000, "en-ar": 10}, 1_500, 100.0, 2)
    assert defaults["en-ar"] == 20
    assert defaults["en-de"] == defaults["en-fr"] == 740


def test_quotas_are_limited_by_the_repeats():
    assert quotas({"en-de": 10, "en-fr": 5}, 1_000, 2.0, 3) == {"en-de": 30, "en-fr": 15}


def test_of_several_translations_of_a_source_the_human_one_is_used():
    rows = [
        Entry(0, "en-de", "bergamot-tiny", 7, 1),
        Entry(1, "en-de", HUMAN, 7, 2),
        Entry(2, "en-de", "bergamot-base", 8, 3),
        Entry(3, "en-de", "bergamot-base-memory", 8, 4),
        Entry(4, "de-en", "bergamot-tiny", 7, 5),
    ]
    assert {name: [row.number for row in found] for name, found in best_by_direction(rows).items()} == {
        "en-de": [1, 3],
        "de-en": [4],
    }


def test_human_translations_come_first_and_rows_repeat_only_after_all_were_used():
    rows = entries("en-de", 10) + entries("en-de", 10, "bergamot-base", 100)
    few = sample(rows, dataclasses.replace(DATA, rows=12, repeats=4))
    assert few == dict.fromkeys([*range(10), 100, 101], 1)
    many = sample(rows, dataclasses.replace(DATA, rows=25, repeats=4))
    assert [number for number, times in many.items() if times == 2] == [0, 1, 2, 3, 4]
    assert len(many) == 20
