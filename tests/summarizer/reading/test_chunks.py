import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from summarizer.reading import chunks

TEXT = "The bridge is open. It took four years, two councils, and a flood; nobody complained. Boats pass under it."


def words(text: str) -> int:
    return len(text.split())


def test_a_text_within_the_budget_is_one_chunk() -> None:
    assert chunks(TEXT, "en", 100, words) == (TEXT,)


def test_chunks_end_with_sentences() -> None:
    assert chunks(TEXT, "en", 14, words) == (
        "The bridge is open. ",
        "It took four years, two councils, and a flood; nobody complained. ",
        "Boats pass under it.",
    )


def test_a_long_sentence_is_cut_at_its_clauses() -> None:
    assert chunks(TEXT, "en", 6, words)[1:4] == (
        "It took four years, two councils, ",
        "and a flood; nobody complained. ",
        "Boats pass under it.",
    )


def test_graphemes_stay_whole() -> None:
    family = "👨‍👩‍👧‍👦"
    assert chunks(family * 3, "en", 1, len) == (family,) * 3


def test_a_budget_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="budget"):
        chunks(TEXT, "en", 0, words)


@given(st.text(max_size=150), st.integers(1, 30), st.sampled_from(["en", "zh", "th", "hi"]))
def test_chunks_are_the_text_and_within_the_budget(text: str, budget: int, language: str) -> None:
    result = chunks(text, language, budget, len)
    assert "".join(result) == text
    assert all(len(chunk) <= budget or len(regex.findall(r"\X", chunk)) == 1 for chunk in result)
