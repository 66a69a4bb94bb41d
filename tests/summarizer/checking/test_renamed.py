"""Names that become others in a translation."""

import pytest

from benchmarks import references
from summarizer.checking.pairs import faults
from summarizer.checking.renamed import renamed

needs_sets = pytest.mark.skipif(not references.SETS.is_dir(), reason="the evaluation sets are not here")


@pytest.mark.parametrize(
    ("source", "target", "languages", "found"),
    [
        ("The minister met Angela Merkel.", "Le ministre a vu François Hollande.", ("en", "fr"), "Angela Merkel"),
        ("The minister met Angela Merkel.", "Le ministre a vu Angela Nahles.", ("en", "fr"), "Angela Merkel"),
        ("The fire in Spain is out.", "L’incendie en Grèce est éteint.", ("en", "fr"), "Spain"),
        ("The fire in Spain is out.", "希腊的火灾已经扑灭。", ("en", "zh"), "Spain"),
        ("Пожар в Испании потушен.", "The fire in Greece is out.", ("ru", "en"), "Испании"),
        ("El juez Baltasar Garzón habló.", "The judge Baltasar Moreno spoke.", ("es", "en"), "Baltasar Garzón"),
        ("El juez Garzón habló.", "The judge, Moreno, spoke.", ("es", "en"), "Garzón"),
    ],
)
def test_a_name_for_another(source: str, target: str, languages: tuple[str, str], found: str):
    assert next((gone for gone, _ in renamed(source, target, *languages)), "") == found


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
        ("He is with the Arthur Guinness Foundation.", "Il est à la fondation Arthur Guinness.", ("en", "fr")),
    ],
)
def test_a_name_that_is_told_in_another_way(source: str, target: str, languages: tuple[str, str]):
    assert not list(renamed(source, target, *languages))


def test_it_is_a_warning_of_its_own():
    found = list(faults("The minister met Angela Merkel.", "Le ministre a vu François Hollande.", "en", "fr"))
    assert [fault.kind for fault in found] == ["names_differ"]
    assert "Angela Merkel" in found[0].message


@needs_sets
@pytest.mark.parametrize("direction", ["en-fr", "en-zh", "en-ar"])
def test_no_warning_is_frequent_on_references(direction: str):
    assert max(references.alarms(direction).values()) <= 0.03


@needs_sets
@pytest.mark.parametrize("direction", ["en-de", "fr-en"])
def test_most_swapped_names_are_seen(direction: str):
    seen = references.swaps(direction)
    assert len(seen) > 80
    assert sum(seen) / len(seen) >= 0.7
