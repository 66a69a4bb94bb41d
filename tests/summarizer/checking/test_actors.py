"""Numbers assigned to another subject than in the article, and swapped names."""

import pytest

from summarizer.checking.article_checker import ArticleChecker
from summarizer.reading import read
from tests.desk import SAMPLE

ARTICLE = (
    "The United States and its allies will intensify their campaign against the Islamic State militant group."
    "\n\nThe coalition says the group has lost 40 percent of the territory it gained in Iraq and 20 percent in Syria."
    "\n\nMinister Paolo Gentiloni and Secretary John Kerry met in Rome for talks about Libya on Tuesday morning."
)


@pytest.fixture(scope="module")
def checker() -> ArticleChecker:
    return ArticleChecker(read(text=ARTICLE))


def actors(checker: ArticleChecker, claim: str) -> list[tuple[str, str | None]]:
    return [(one.claim, one.evidence) for one in checker.check(claim, "en").findings if one.kind == "actor"]


def test_a_number_of_another_subject_is_reported(checker: ArticleChecker):
    claim = "The United States has lost 40 percent of its territory."
    assert actors(checker, claim) == [("United States has lost 40 percent", "group has lost 40 percent")]


def test_a_real_article():
    findings = ArticleChecker(read(text=SAMPLE.read_text("utf-8"))).check(
        "The United States has lost 40 percent of it.", "en"
    )
    assert "actor" in {finding.kind for finding in findings.findings}


@pytest.mark.parametrize(
    "claim",
    [
        "The coalition says the group has lost 40 percent of its territory.",
        "The Islamic State has lost 40 percent of its territory.",
        "It has lost 40 percent in Iraq and 20 percent in Syria.",
    ],
)
def test_a_correct_subject_is_accepted(checker: ArticleChecker, claim: str):
    assert actors(checker, claim) == []


def test_exchanged_numbers_in_a_list_are_reported(checker: ArticleChecker):
    findings = actors(checker, "It has lost 20 percent in Iraq and 40 percent in Syria.")
    assert ("40 percent in Syria", "20 percent in Syria") in findings


def test_another_name_of_the_article_is_reported(checker: ArticleChecker):
    claim = "Minister Paolo Gentiloni and Secretary John Kerry met in Raqqa for talks about Syria on Tuesday morning."
    assert ("Syria", "Libya") in actors(checker, claim)


def test_an_unknown_name_is_reported_with_the_name_in_the_article(checker: ArticleChecker):
    claim = "Minister Paolo Rossi and Secretary John Kerry met in Rome for talks about Libya on Tuesday morning."
    findings = checker.check(claim, "en").findings
    assert [(one.kind, "Rossi" in one.claim) for one in findings] == [("name", True)]


@pytest.mark.parametrize("initials", ["U. S.", "US", "U.S"])
def test_full_stops_in_initials_are_ignored(initials: str):
    article = "A New York man pleaded guilty Monday to threatening to kill U.S. Rep. Ilhan Omar in March."
    claim = f"A New York man pleaded guilty to threatening to kill {initials} Rep. Ilhan Omar in March."
    assert ArticleChecker(read(text=article)).check(claim, "en").findings == ()
