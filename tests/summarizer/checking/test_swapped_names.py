"""Names that a translation replaces by other names."""

import pytest

from benchmarks import references
from summarizer.checking.swapped_names import swapped_names
from summarizer.checking.translation_issues import translation_issues

needs_sets = pytest.mark.skipif(not references.DATA.is_dir(), reason="the evaluation sets are not here")


@pytest.mark.parametrize(
    ("source", "target", "languages", "expected"),
    [
        ("The minister met Angela Merkel.", "Le ministre a vu François Hollande.", ("en", "fr"), "Angela Merkel"),
        ("The minister met Angela Merkel.", "Le ministre a vu Angela Nahles.", ("en", "fr"), "Angela Merkel"),
        ("The fire in Spain is out.", "L’incendie en Grèce est éteint.", ("en", "fr"), "Spain"),
        ("The fire in Spain is out.", "希腊的火灾已经扑灭。", ("en", "zh"), "Spain"),
        ("Пожар в Испании потушен.", "The fire in Greece is out.", ("ru", "en"), "Испании"),
        ("El juez Baltasar Garzón habló.", "The judge Baltasar Moreno spoke.", ("es", "en"), "Baltasar Garzón"),
        ("El juez Garzón habló.", "The judge, Moreno, spoke.", ("es", "en"), "Garzón"),
        ("The minister has met Angela Merkel.", "Он встретился с Франсуа Олландом.", ("en", "ru"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "Він зустрівся з Франсуа Олландом.", ("en", "uk"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "التقى فرانسوا هولاند.", ("en", "ar"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "वे फ़्रांस्वा ओलांद से मिले।", ("en", "hi"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "彼はフランソワ・オランドに会った。", ("en", "ja"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "그는 프랑수아 올랑드를 만났다.", ("en", "ko"), "Angela Merkel"),
        ("The minister has met Angela Merkel.", "他会见了弗朗索瓦·奥朗德。", ("en", "zh"), "Angela Merkel"),
        ("The minister has met Johnson.", "Onunla Merkel görüştü.", ("en", "tr"), "Johnson"),
        ("The flood in Spain is over.", "Наводнение в Техасе закончилось.", ("en", "ru"), "Spain"),
    ],
)
def test_a_swapped_name_is_reported(source: str, target: str, languages: tuple[str, str], expected: str):
    assert next((missing for missing, _ in swapped_names(source, target, *languages)), "") == expected


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("He left for Athens and Irkutsk.", "Il est parti pour Athènes et Irkoutsk.", ("en", "fr")),
        ("The Supreme Court ruled on it.", "La Cour suprême a statué.", ("en", "fr")),
        ("The Seventh Fleet is in Sasebo.", "La Séptima Flota está en Sasebo.", ("en", "es")),
        ("He read “Black Beauty” to her.", "Le leyó «Belleza Negra».", ("en", "es")),
        ("Tests for HIV are free.", "Les tests du VIH sont gratuits.", ("en", "fr")),
        ("Japan and the United Nations agreed.", "日本和联合国达成一致。", ("en", "zh")),
        ("Barack Obama met Peter Smith.", "Барак Обама встретился с Питером Смитом.", ("en", "ru")),
        ("The minister has met Angela Merkel.", "Он встретился с Ангелой Меркель.", ("en", "ru")),
        ("The minister has met Angela Merkel.", "Він зустрівся з Ангелою Меркель.", ("en", "uk")),
        ("The minister has met Angela Merkel.", "التقى بأنغيلا ميركل.", ("en", "ar")),
        ("The minister has met Angela Merkel.", "वे एंजेला मर्केल से मिले।", ("en", "hi")),
        ("The minister has met Angela Merkel.", "彼はテレビでアンゲラ・メルケルに会った。", ("en", "ja")),
        ("The minister has met Angela Merkel.", "그는 앙겔라 메르켈을 만났다.", ("en", "ko")),
        ("The minister has met Angela Merkel.", "他会见了安格拉·默克尔。", ("en", "zh")),
        ("The minister has met Xi Jinping.", "他会见了习近平主席。", ("en", "zh")),
        ("He flew to San Francisco.", "그는 샌프란시스코로 갔다.", ("en", "ko")),
        ("The Iranian minister won the Grand Prix.", "Министр выиграл главный приз.", ("en", "ru")),
        ("He is with the Arthur Guinness Foundation.", "Il est à la fondation Arthur Guinness.", ("en", "fr")),
    ],
)
def test_a_translated_name_is_accepted(source: str, target: str, languages: tuple[str, str]):
    assert not list(swapped_names(source, target, *languages))


def test_a_swapped_name_is_a_translation_issue():
    source, target = "The minister met Angela Merkel.", "Le ministre a vu François Hollande."
    (issue,) = translation_issues(source, target, "en", "fr")
    assert issue.kind == "names_differ"
    assert "Angela Merkel" in issue.message


@pytest.mark.parametrize(
    ("source", "target", "languages", "message"),
    [
        ("The minister has met Merkel.", "彼はオランドに会った。", ("en", "ja"), "“Merkel” may have become “オランド”"),
        (
            "The minister has met Merkel.",
            "그는 올랑드를 만났다.",
            ("en", "ko"),
            "“Merkel” may have become another name",
        ),
        (
            "그는 올랑드를 만났다.",
            "The minister has met Merkel.",
            ("ko", "en"),
            "“Merkel” may be a wrong name",
        ),
    ],
)
def test_the_message_names_the_known_side(source: str, target: str, languages: tuple[str, str], message: str):
    assert next(issue.message for issue in translation_issues(source, target, *languages)).startswith(message)


@pytest.mark.parametrize(
    ("source", "target", "languages"),
    [
        ("The minister has met Angela Merkel.", "เขาได้พบกับฟร็องซัว ออล็องด์", ("en", "th")),
        ("Le ministre a rencontré Angela Merkel.", "Министр встретился с Франсуа Олландом.", ("fr", "ru")),
    ],
)
def test_unmeasured_language_pairs_compare_only_places(source: str, target: str, languages: tuple[str, str]):
    assert not list(swapped_names(source, target, *languages))


@needs_sets
@pytest.mark.parametrize("direction", ["en-fr", "en-zh", "en-ar", "en-ru", "en-hi"])
def test_warnings_on_reference_translations_are_rare(direction: str):
    assert max(references.warning_rates(direction).values()) <= 0.03


@needs_sets
@pytest.mark.parametrize(
    ("direction", "least"), [("en-de", 0.7), ("fr-en", 0.7), ("en-ru", 0.75), ("ja-en", 0.7), ("en-zh", 0.6)]
)
def test_most_swapped_names_are_reported(direction: str, least: float):
    detected = references.detected_swaps(direction)
    assert len(detected) > 80
    assert sum(detected) / len(detected) >= least
