"""Names in each script, and places by one code in every language."""

import pytest

from summarizer.checking.facts import facts
from summarizer.checking.facts.names import Name, names
from summarizer.checking.facts.places import places
from summarizer.checking.facts.sound import folded, is_form, skeleton


def spelled(text: str, language: str) -> set[str]:
    return {fact.text for fact in names(text, language)}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Yesterday the senator Ilhan Omar met NATO in Brussels.", "en", {"Ilhan Omar", "NATO", "Brussels"}),
        ("The man said so.", "en", set()),
        ("Everything In This Headline Is Capital", "en", set()),
        ("Publié le 14 mars 2024 à 18h12 - Mis à jour à 19h05", "fr", set()),
        ("Der Außenminister Heiko Maas sprach über das Geld.", "de", {"Außenminister Heiko Maas"}),
        ("L'ancien président François Hollande l'a dit.", "fr", {"François Hollande"}),
        ("Вчера следователь Алексей Толмачев приехал.", "ru", {"Алексей Толмачев"}),
        ("农民李秀兰说，水库已经完工。", "zh", {"李秀兰"}),
        ("प्रधानमंत्री नरेंद्र मोदी ने कहा", "hi", {"नरेंद्र मोदी"}),
    ],
)
def test_names(text: str, language: str, expected: set[str]):
    assert spelled(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the United States", "en"),
        ("les États-Unis", "fr"),
        ("Estados Unidos", "es"),
        ("США", "ru"),
        ("ABD'nin", "tr"),
        ("美国", "zh"),
        ("アメリカ", "ja"),
        ("미국", "ko"),
        ("والولايات المتحدة", "ar"),
        ("अमेरिका", "hi"),
        ("Hoa Kỳ", "vi"),
        ("Amerika Serikat", "id"),
    ],
)
def test_a_country_has_one_code(text: str, language: str):
    assert [code for code, _ in places(text, language)] == ["US"]


def test_a_currency_sign_is_not_a_country():
    assert [fact.kind for fact in facts("It cost US$5 million.", "en")] == ["number"]


def test_cities_and_inflected_countries():
    assert [code for code, _ in places("из Москвы в Германию", "ru")] == ["Europe/Moscow", "DE"]


def test_skeletons_of_a_name_agree_across_scripts():
    words = [Name("", tuple(map(folded, name.split()))).words for name in ("Barack Obama", "Барак Обама")]
    assert [tuple(map(skeleton, name)) for name in words] == [("plk", "pn")] * 2


@pytest.mark.parametrize(
    ("one", "other", "alike"), [("syria", "syrians", True), ("mubarak", "mubaraka", True), ("iran", "iraq", False)]
)
def test_forms_of_a_name(one: str, other: str, *, alike: bool):
    assert is_form(one, other) is alike
