"""Hedges that a claim drops."""

import pytest

from summarizer.checking.hedges import dropped_hedges, dropped_limits, hedges, lost_hedges


@pytest.mark.parametrize(
    ("evidence", "claim", "language", "kind", "phrase"),
    [
        ("The ministers did not order air strikes.", "The ministers did order air strikes.", "en", "negation", "not"),
        ("Le ministre n'a pas ordonné de frappes.", "Le ministre a ordonné des frappes.", "fr", "negation", "n'"),
        ("Er will das Geld nicht zurückzahlen.", "Er will das Geld zurückzahlen.", "de", "negation", "nicht"),
        ("El juez no aceptó la demanda.", "El juez aceptó la demanda.", "es", "negation", "no"),
        ("Суд не признал его виновным.", "Суд признал его виновным.", "ru", "negation", "не"),
        ("The group may lose the town of Raqqa.", "The group will lose the town of Raqqa.", "en", "modality", "may"),
        ("La empresa podría cerrar la fábrica.", "La empresa va a cerrar la fábrica.", "es", "modality", "podría"),
        (
            "The mayor took the money, prosecutors said.",
            "The mayor took the money.",
            "en",
            "attribution",
            "said",
        ),
    ],
)
def test_a_dropped_hedge_is_reported_with_the_evidence(
    evidence: str, claim: str, language: str, kind: str, phrase: str
):
    assert (kind, phrase) in [(finding.kind, finding.evidence) for finding in dropped_hedges(evidence, claim, language)]
    assert list(dropped_hedges(evidence, evidence, language)) == []


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("He did not pay, and the bridge opened on Monday.", "The bridge opened on Monday."),
        ("The ministers did not order air strikes.", "The ministers never did order air strikes."),
        ("The bridge opened on Monday.", "The bridge did not open on Monday."),
    ],
)
def test_an_unrelated_or_equivalent_hedge_is_accepted(evidence: str, claim: str):
    assert [finding for finding in dropped_hedges(evidence, claim, "en") if finding.kind == "negation"] == []


def test_a_negation_elsewhere_does_not_replace_a_dropped_one():
    evidence = "The motion would not pass because the Catalans would abstain, and nobody else was asked."
    claim = "The motion would pass because the Catalans would abstain, and nobody else was asked."
    assert [finding.kind for finding in dropped_hedges(evidence, claim, "en")] == ["negation"]


@pytest.mark.parametrize(
    ("claim", "language", "limits"),
    [
        ("40 people died", "en", ["up to 40"]),
        ("40 personnes sont mortes", "fr", ["up to 40"]),
        ("40 人死亡", "zh", ["up to 40"]),
        ("nearly 40 people died", "en", []),
        ("最多40人死亡", "zh", []),
        ("jusqu'à 40 personnes", "fr", []),
        ("41 people died", "en", []),
    ],
)
def test_limits_are_compared_by_their_number_in_any_language(claim: str, language: str, limits: list[str]):
    findings = dropped_limits("There were up to 40 deaths.", "en", claim, language)
    assert [finding.evidence for finding in findings] == limits


def test_a_translation_without_a_kind_of_hedge_is_reported():
    assert [f.kind for f in lost_hedges("It will not happen.", "en", "Cela arrivera.", "fr")] == ["negation"]
    assert list(lost_hedges("It will not happen.", "en", "Cela n'arrivera pas.", "fr")) == []
    assert list(lost_hedges("It will not happen.", "en", "Det hender.", "no")) == []


def test_a_language_without_a_table_has_no_hedges():
    assert hedges("Det er ikke sant.", "no") == ()
