"""Numbers that a text implies."""

from decimal import Decimal

import pytest

from summarizer.checking.facts import compare
from summarizer.checking.facts.implied import implied_numbers


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("Both came.", "en", 2),
        ("It is with the Seventh Fleet.", "en", 7),
        ("Cases of Covid-19 rose.", "en", 19),
        ("It was built in the 1970s.", "en", 70),
        ("It was built in the 1970s.", "en", 20),
        ("Un modello degli anni '70.", "it", 1970),
        ("自 20 世纪 70 年代以来", "zh", 1970),
        ("第三大飓风", "zh", 3),
        ("두 다리로 걸었다", "ko", 2),
        ("1995～1996年", "ja", 96),
    ],
)
def test_implied_numbers(text: str, language: str, number: int):
    assert Decimal(number) in implied_numbers(text, language)


def test_other_numbers_are_not_implied():
    assert implied_numbers("It was built in 1975.", "en") == set()


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("It fell to the lowest for two decades.", "跌到了二十年来的最低水平。", ("en", "zh")),
        ("About 645 miles away.", "लगभग 645 मील दूर।", ("en", "hi")),
        ("Winds of 105 miles per hour.", "Ha venti di 105 miglia all’ora.", ("en", "it")),
        ("She won more than two dozen.", "Ne ha vinte più di due dozzine.", ("en", "it")),
        ("They were fifth and sixth.", "Вони посіли п'яте та шосте місця.", ("en", "uk")),
    ],
)
def test_the_same_number_in_another_language(source: str, target: str, languages: tuple[str, str]):
    assert [one for one in compare(source, languages[0], target, languages[1]) if one.kind == "number"] == []
