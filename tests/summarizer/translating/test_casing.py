"""Headlines in capitals."""

import pytest

from summarizer.translating.casing import is_all_caps, is_title_case, to_all_caps, to_sentence_case, to_title_case


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
def test_capitals_are_recognised(text: str, expected: bool):  # noqa: FBT001 - one case of two
    assert is_all_caps(text) is expected


def test_capitals_become_title_case():
    assert to_title_case("DON'T LET NATO'S ALLIES DOWN: UN") == "Don't Let Nato's Allies Down: UN"


def test_title_case_becomes_sentence_case():
    assert is_title_case("Allies Vow to Step Up NATO Fight")
    assert not is_title_case("The mayor of Lyon said no to Paris")
    assert to_sentence_case("Allies Vow to Step Up NATO Fight") == "Allies vow to step up NATO fight"


def test_capitals_follow_the_rules_of_the_language():
    assert to_all_caps("ikinci", "tr") == "İKİNCİ"
    assert to_all_caps("straße", "de") == "STRASSE"
