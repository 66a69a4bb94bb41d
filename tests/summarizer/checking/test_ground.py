"""Which sentences of an article a sentence rests on."""

from summarizer.checking.ground import Ground
from summarizer.reading import read
from tests.desk import ARTICLE, FIGURES, LEAD, LIBYA

CHINESE = (
    "青石县水务局周二宣布，水库加固工程已经完工。"
    "工程于2022年10月开工，总投资4.6亿元。"
    "农民李秀兰说，去年夏天稻田两次被淹。"
)


def spans(article: str, claim: str) -> list[str]:
    found = read(text=article)
    return [found.source[span.start : span.end] for span in Ground.of(found).support(claim)]


def test_the_sentence_that_says_it():
    assert spans(ARTICLE, "The group lost 40 percent of territory in Iraq.") == [FIGURES]
    assert spans(ARTICLE, LIBYA) == [LIBYA]


def test_a_claim_made_of_two_sentences_has_both():
    claim = "Allies will intensify their campaign, and the coalition says the group lost 40 percent of Iraq territory."
    assert spans(ARTICLE, claim) == [LEAD, FIGURES]


def test_what_the_article_does_not_say_has_none():
    assert spans(ARTICLE, "Bananas ripen quickly in paper bags.") == []


def test_a_language_without_spaces():
    assert spans(CHINESE, "工程总投资4.6亿元") == ["工程于2022年10月开工，总投资4.6亿元。"]


def test_a_sentence_of_the_article_is_wholly_supported():
    checked = Ground.of(read(text=ARTICLE)).check(FIGURES, "en")
    assert (checked.support, checked.findings) == (1.0, ())


def test_a_number_the_article_does_not_hold_is_found():
    checked = Ground.of(read(text=ARTICLE)).check(FIGURES.replace("40", "70"), "en")
    assert [(finding.kind, finding.claim) for finding in checked.unsupported] == [("number", "70 percent")]
    assert 0 < checked.support < 1
