"""Numbers that a participle clause assigns to the subject of its sentence."""

import pytest

from summarizer.checking.article_checker import ArticleChecker
from summarizer.reading import read

ARTICLES = {
    "en": "The allies of Ruritania fight the Red Star militant group. The group has lost 40 percent of its territory.",
    "fr": "Les alliés de la Ruritanie combattent le mouvement Étoile Rouge. Le Kordofan a perdu 40 % du territoire.",
    "es": "Los aliados combaten desde mayo en la región. El Kordofán ha perdido el 40 % del territorio.",
    "it": "Gli alleati combattono da maggio nella regione. Il Kordofan ha perduto il 40 % del territorio.",
    "pt": "Os aliados combatem desde maio na região. O Kordofan perdeu 40 % do território.",
    "ru": "Союзники воюют в регионе с мая. Там Кордофан потерял 40 процентов территории.",
}


def actors(language: str, claim: str) -> list[str | None]:
    checker = ArticleChecker(read(text=ARTICLES[language], source_language=language))
    return [one.evidence for one in checker.check(claim, language).findings if one.kind == "actor"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "en",
            "Ruritania and its allies fought on, losing 40 percent of their territory.",
            "group has lost 40 percent",
        ),
        ("en", "Ruritania fought on after losing 40 percent of its territory.", "group has lost 40 percent"),
        ("en", "Ruritania fought on, having lost 40% of its territory.", "group has lost 40 percent"),
        ("fr", "La Ruritanie combat toujours, perdant 40 % du territoire.", "Kordofan a perdu 40 %"),
        ("fr", "La Ruritanie combat toujours après avoir perdu 40 % du territoire.", "Kordofan a perdu 40 %"),
        ("es", "La Ruritania sigue en guerra, perdiendo el 40 % del territorio.", "Kordofán ha perdido el 40 %"),
        ("it", "La Ruritania combatte, perdendo il 40 % del territorio.", "Kordofan ha perduto il 40 %"),
        ("pt", "A Ruritânia segue em guerra, perdendo 40 % do território.", "Kordofan perdeu 40 %"),
        ("ru", "Руритания отступила, потеряв 40 процентов территории.", "Кордофан потерял 40 процентов"),
    ],
)
def test_a_wrong_participle_subject_is_reported(language: str, claim: str, evidence: str):
    assert actors(language, claim) == [evidence]


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("en", "Red Star fought on, losing 40 percent of its territory."),
        ("en", "The group fought on, losing 40 percent of its territory."),
        ("en", "Ruritania said that the group fell back, losing 40 percent of its territory."),
        ("en", "Ruritania fought Red Star, which fell back, losing 40 percent of its territory."),
        ("en", "Ruritania won, losing no man; the group lost 40 percent of its territory."),
        ("fr", "Le Kordofan combat toujours, perdant 40 % du territoire."),
        ("ru", "Кордофан отступил, потеряв 40 процентов территории."),
    ],
)
def test_a_correct_or_uncertain_participle_subject_is_accepted(language: str, claim: str):
    assert actors(language, claim) == []
