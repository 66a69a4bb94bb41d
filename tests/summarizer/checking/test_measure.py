"""Graphemes, words, complete sentences and balanced quotation marks."""

import pytest

from summarizer.checking.measure import graphemes, has_balanced_quotes, is_complete, words


@pytest.mark.parametrize(
    ("text", "count"), [("café", 4), ("cafe\u0301", 4), ("👍🏽", 1), ("👩‍👩‍👧", 1), ("नमस्ते", 3), ("", 0)]
)
def test_graphemes_are_counted(text: str, count: int):
    assert graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [("It's 3.5 percent, he said.", "en", 5), ("水库加固工程完工", "zh", 4), ("لا أحد هنا", "ar", 3), ("?!", "en", 0)],
)
def test_words(text: str, language: str, count: int):
    assert words(text, language) == count


@pytest.mark.parametrize(
    "text", ["He said so.", "“We will.”", "水库完工。", "क्या?", "هل انتهى؟", "Fin (enfin.)", "They won 5."]
)
def test_a_sentence_with_an_end_mark_is_complete(text: str):
    assert is_complete(text, "en")


@pytest.mark.parametrize("text", ["The coalition says the", "He said:", "three,", "", "主要内容： 1.", "1."])
def test_a_sentence_without_an_end_mark_is_incomplete(text: str):
    assert not is_complete(text, "en")


CLOSED = (
    'A 17" screen broke.', 'He said "no".', "„Nein“, sagte er.", "„Nein”, mówi.", "”Nej”, sade han.",
    "»Nein«, sagte er.", "Это «ООО «Ромашка».", "« Non », dit-il.", "他说「不」。", 'The "Sea Watch 3" left.',
)  # fmt: skip


@pytest.mark.parametrize("text", CLOSED)
def test_closed_quotations_are_balanced(text: str):
    assert has_balanced_quotes(text)


@pytest.mark.parametrize("text", ['"We go.', 'We go", he said.', "“We go.", "« On y va.", "„Wir gehen.", "他说「不。"])
def test_an_open_quotation_is_not_balanced(text: str):
    assert not has_balanced_quotes(text)


def test_thai_needs_no_end_mark():
    assert is_complete("เขาไปตลาด", "th")
