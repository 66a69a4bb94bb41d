"""Placeholders in texts."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.translating.placeholders import find_placeholders, occurrences


@pytest.mark.parametrize(
    ("text", "placeholders"),
    [
        ("See https://example.org/a?b=1&c=2.", ["https://example.org/a?b=1&c=2"]),
        ("Visit www.example.org, please", ["www.example.org"]),
        ("Mail press.desk+a@example.org.", ["press.desk+a@example.org"]),
        ("@reuters and #ClimateSummit, #1 of 2", ["@reuters", "#ClimateSummit"]),
        (
            "Hi {name}, {{ city }} ${id} {count, plural, one {a} other {b}}",
            ["{name}", "{{ city }}", "${id}", "{count, plural, one {a} other {b}}"],
        ),
        ("%s has %d of %(total)s and %1$s; 50% down", ["%s", "%d", "%(total)s", "%1$s"]),
        ("5 &nbsp; &#8364; &amp; & more", ["&nbsp;", "&#8364;", "&amp;"]),
        ("Fine 👍🏽 👩‍👩‍👧 🇫🇷 1️⃣!", ["👍🏽", "👩‍👩‍👧", "🇫🇷", "1️⃣"]),
        (
            "$25.50, €1,200, 30 €, US$5, $1.2bn, USD 40, 5 EUR",
            ["$25.50", "€1,200", "30 €", "US$5", "$1.2bn", "USD 40", "5 EUR"],
        ),
        ("$35 million and €3,5 Mrd", []),
        ("1,200,300 € or 2, 3.50 EUR", ["1,200,300 €", "3.50 EUR"]),
        ("A note[^1]", ["[^1]"]),
        ("No tokens: 40 percent, a@b, # 5, {", []),
    ],
)
def test_placeholders(text: str, placeholders: list[str]):
    assert [text[span.start : span.end] for span in find_placeholders(text)] == placeholders


def test_terms_to_keep_match_whole_words_the_longest_first():
    text = "Lede and Lede Desk, not Ledes; 在Lede里"
    spans = find_placeholders(text, ["Lede", "Lede Desk"])
    assert [(span.start, text[span.start : span.end]) for span in spans] == [
        (0, "Lede"),
        (9, "Lede Desk"),
        (32, "Lede"),
    ]


def test_a_placeholder_is_not_part_of_a_word():
    assert occurrences("AI", "MAIN AI, CAIRO") == [next(find_placeholders("MAIN AI", ["AI"]))]


@given(st.text(max_size=80), st.lists(st.text(max_size=5), max_size=3))
def test_placeholders_are_in_order_and_do_not_overlap(text: str, keep: list[str]):
    spans = list(find_placeholders(text, keep))
    assert all(span.start < span.end for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize("piece", ["a@", "{", "%", "$1,", "https://", "&a", "[^", "@a.", "#1", "1 ", "👩‍"])
def test_the_time_for_hostile_text_grows_with_its_length(piece: str):
    assert _seconds(piece * 20_000) < 8 * max(_seconds(piece * 5_000), 0.005)


@pytest.mark.parametrize("piece", ["1,", "1.1'", "12 "])
def test_the_time_for_a_list_of_numbers_grows_with_its_length(piece: str):
    assert list(find_placeholders(piece * 5_000)) == []
    assert _seconds(piece * 20_000) < 8 * _seconds(piece * 5_000)


def _seconds(text: str) -> float:
    """The least processor time of three searches."""
    times = []
    for _ in range(3):
        start = process_time()
        list(find_placeholders(text))
        times.append(process_time() - start)
    return min(times)
