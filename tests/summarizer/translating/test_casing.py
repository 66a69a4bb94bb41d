"""Headlines in capitals."""

import pytest

from summarizer.translating.casing import capitals, is_capitals, is_title_case, lowered, titled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALLIES VOW TO FIGHT", True),
        ("NATO says", False),
        ("NATO", False),
        ("40 %", False),
        ("联合国", False),
        ("UN: A", False),
    ],
)
def test_capitals_are_told(text: str, expected: bool):  # noqa: FBT001 - one case of two
    assert is_capitals(text) is expected


def test_capitals_become_words():
    assert titled("DON'T LET NATO'S ALLIES DOWN: UN") == "Don't Let Nato's Allies Down: UN"


def test_title_case_becomes_a_sentence():
    assert is_title_case("Allies Vow to Step Up NATO Fight")
    assert not is_title_case("The mayor of Lyon said no to Paris")
    assert lowered("Allies Vow to Step Up NATO Fight") == "Allies vow to step up NATO fight"


def test_capitals_are_the_languages_own():
    assert capitals("ikinci", "tr") == "İKİNCİ"
    assert capitals("straße", "de") == "STRASSE"
