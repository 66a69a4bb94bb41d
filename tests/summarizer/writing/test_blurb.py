"""The choice of a notification's lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.measure import graphemes
from summarizer.errors import CannotFit
from summarizer.options import Profile
from summarizer.writing.blurb import Lines, choose

LONG = "The city opened its new tram line on Monday, with six months of delay, and shopkeepers asked for compensation."


def test_the_first_lines_that_fit_are_taken():
    lines = Lines(("A title that is far too long", "Short title"), ("A body that says much more.", "A body."))
    (wording,) = choose(lines, Profile(12, 10), "en", 1)
    assert (wording.title, wording.body) == ("Short title", "A body.")


def test_where_none_fits_a_first_clause_does():
    (wording,) = choose(Lines(("Tram opens",), (LONG,)), Profile(20, 60), "en", 1)
    assert wording.body == "The city opened its new tram line on Monday."


def test_a_title_may_leave_off_a_phrase_of_place_or_opposition():
    long = "Les alliés américains intensifient leur combat contre l'État islamique"
    (wording,) = choose(Lines((long,), ("Ils l'ont dit à Rome.",)), Profile(50, 100), "fr", 1)
    assert wording.title == "Les alliés américains intensifient leur combat"


def test_a_body_does_not_repeat_its_title():
    lines = Lines(("The tram opens",), ("The tram opens on Monday.", "Shopkeepers ask for money."))
    assert choose(lines, Profile(40, 60), "en", 1)[0].body == "Shopkeepers ask for money."


def test_no_word_is_cut_to_fit():
    with pytest.raises(CannotFit, match="title of 10 and a body of 20") as refused:
        choose(
            Lines(("Unconstitutional proceedings",), ("Unconstitutional proceedings continue.",)),
            Profile(10, 20),
            "en",
            1,
        )
    assert "title_max" in refused.value.hint


@given(
    st.lists(st.text(min_size=1, max_size=40), max_size=4),
    st.lists(st.text(min_size=1, max_size=80), max_size=4),
    st.integers(10, 40),
    st.integers(20, 80),
)
def test_whatever_is_chosen_fits(titles: list[str], bodies: list[str], title_max: int, body_max: int):
    try:
        chosen = choose(Lines(tuple(titles), tuple(bodies)), Profile(title_max, body_max), "en", 5)
    except CannotFit:
        return
    for wording in chosen:
        assert graphemes(wording.title) <= title_max
        assert graphemes(wording.body) <= body_max
