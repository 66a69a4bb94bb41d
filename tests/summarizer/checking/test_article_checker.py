"""Checking sentences against an article: evidence, support and findings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.findings import FindingKind
from summarizer.reading import read, sentences
from tests.desk import ARTICLE, FIGURES, FRENCH, LEAD, LIBYA, SAMPLE

CHINESE = (
    "青石县水务局周二宣布，水库加固工程已经完工。"
    "工程于2022年10月开工，总投资4.6亿元。"
    "农民李秀兰说，去年夏天稻田两次被淹。"
)
QUOTED = 'Kerry said the fight goes on. "We are not there yet, and nobody should think so," he said in Rome.'
REAL = read(text=SAMPLE.read_text("utf-8"))
CHECKER = ArticleChecker(REAL)
SENTENCES = [
    sentence.text
    for paragraph in REAL.paragraphs
    for sentence in sentences(paragraph.text, "en")
    if paragraph.kind == "prose"
]


def evidence(article: str, claim: str) -> list[str]:
    checked = ArticleChecker(read(text=article)).check(claim, read(text=article).language)
    return [article[span.start : span.end] for span in checked.evidence]


def findings(article: str, claim: str, language: str) -> list[tuple[str, str]]:
    return [(one.kind, one.claim) for one in ArticleChecker(read(text=article)).check(claim, language).findings]


def test_evidence_is_the_matching_sentence():
    assert evidence(ARTICLE, "The group lost 40 percent of territory in Iraq.") == [FIGURES]
    assert evidence(ARTICLE, LIBYA) == [LIBYA]


def test_evidence_of_a_claim_from_two_sentences():
    claim = "Allies will intensify their campaign, and the coalition says the group lost 40 percent of Iraq territory."
    assert evidence(ARTICLE, claim) == [LEAD, FIGURES]


def test_an_unrelated_claim_has_no_evidence():
    assert evidence(ARTICLE, "Bananas ripen quickly in paper bags.") == []


def test_evidence_in_a_language_without_spaces():
    assert evidence(CHINESE, "工程总投资4.6亿元") == ["工程于2022年10月开工，总投资4.6亿元。"]


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        (FRENCH[FIGURES], "fr"),
        ("联盟称该组织在伊拉克失去了百分之四十的领土，在叙利亚失去了百分之二十。", "zh"),
        ("تقول قوات التحالف إن الجماعة فقدت ٤٠٪ من أراضيها في العراق و٢٠٪ في سوريا.", "ar"),
        ("По данным коалиции, группировка потеряла 40% территории в Ираке и 20% в Сирии.", "ru"),
        ("गठबंधन का कहना है कि समूह ने इराक में 40 प्रतिशत और सीरिया में 20 प्रतिशत क्षेत्र खो दिया है।", "hi"),
    ],
)
def test_evidence_across_languages(claim: str, language: str):
    checked = ArticleChecker(read(text=ARTICLE)).check(claim, language)
    assert [ARTICLE[span.start : span.end] for span in checked.evidence] == [FIGURES]
    assert checked.findings == ()
    assert checked.support > 0.9


@given(st.sampled_from(SENTENCES))
def test_a_sentence_of_the_article_has_support_1(sentence: str):
    checked = CHECKER.check(sentence, "en")
    assert (checked.support, checked.findings) == (1.0, ())
    assert [REAL.source[span.start : span.end] for span in checked.evidence] == [sentence]


@given(st.sampled_from([one for one in SENTENCES if "percent" in one]), st.integers(41, 10**6))
def test_a_number_missing_from_the_article_is_always_reported(sentence: str, number: int):
    changed = sentence.replace("40", f"{number:,}")
    kinds = {finding.kind for finding in CHECKER.check(changed, "en").unsupported}
    assert FindingKind.NUMBER in kinds


@given(st.text(), st.sampled_from(["en", "de", "tr", "zh", "ar", "ko", "hi", "vi", "und"]), st.none() | st.text())
def test_any_text_can_be_checked(text: str, language: str, back_translation: str | None):
    assert 0 <= CHECKER.check(text, language, back_translation).support <= 1


def test_findings_lower_the_support():
    checker = ArticleChecker(read(text=ARTICLE))
    true, one, two = (
        checker.check(claim, "en").support
        for claim in (FIGURES, FIGURES.replace("40", "70"), FIGURES.replace("40", "70").replace("Iraq", "Yemen"))
    )
    assert 1 == true > one > two > 0


@pytest.mark.parametrize(
    ("claim", "language", "expected"),
    [
        ("The group has lost 70 percent of its territory.", "en", ("number", "70 percent")),
        ("The group has lost 40 kilometers of its territory.", "en", ("number", "40 kilometers")),
        ("Le groupe a perdu 45 % de son territoire.", "fr", ("number", "45 %")),
        ("该组织失去了百分之四十五的领土。", "zh", ("number", "百分之四十五")),
        ("The group lost 40 percent in Iraq on Friday.", "en", ("date", "Friday")),
        ("Le groupe a perdu 40 % en Iran.", "fr", ("name", "Iran")),
        ("The minister Angela Merkel said the group lost 40 percent.", "en", ("name", "Angela Merkel")),
    ],
)
def test_facts_missing_from_the_article_are_reported(claim: str, language: str, expected: tuple[str, str]):
    assert expected in findings(ARTICLE, claim, language)


def test_a_quotation_must_be_verbatim():
    assert findings(QUOTED, 'Kerry said "we are not there yet" in Rome.', "en") == []
    assert ("quote", "we are nearly there now") in findings(
        QUOTED, 'Kerry said "we are nearly there now" in Rome.', "en"
    )


def test_facts_of_the_title_are_supported():
    article = read(text=ARTICLE, title="Kerry in Rome for talks with 23 countries")
    assert ArticleChecker(article).check("Kerry met 23 countries.", "en").unsupported == ()


def test_back_translation_reveals_a_wrong_name():
    checker = ArticleChecker(read(text="The White House said the Supreme Court of Ohio will hear John Doe on Monday."))
    claim = "La Casa Blanca dijo que la Corte Suprema oirá a John Doe el lunes."
    back = "The White House said that the Supreme Court will hear John Doe on Monday."
    assert checker.check(claim, "es", back).unsupported == ()
    assert checker.check(claim, "es", back).support > checker.check(claim, "es").support


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Министр Санна Кеттунен ушла в отставку вчера.", "ru"),
        ("استقالت الوزيرة سانا كيتونين أمس.", "ar"),
        ("मंत्री सन्ना केट्टुनेन ने कल इस्तीफा दिया।", "hi"),
        ("산나 케투넨 장관이 어제 사임했다.", "ko"),
    ],
)
def test_a_name_in_another_script_with_no_phonetic_match_is_reported(text: str, language: str):
    checker = ArticleChecker(read(text=text, source_language=language))
    assert checker.check("The minister Sanna Kettunen has resigned.", "en").unsupported == ()
    (finding,) = checker.check("The minister Boris Schmidt has resigned.", "en").unsupported
    assert (finding.kind, finding.claim) == ("name", "Boris Schmidt")


COMBINATIONS = st.lists(
    st.sampled_from(
        [
            "Kerry",
            "the group",
            "will close",
            "closed",
            ", losing 40 percent",
            "said",
            "“we go on with it”",
            "according to",
            "va fermer",
            "a fermé",
            ", perdant 4 %",
            "será",
            "fue",
            "wird",
            "verkaufen",
            "потеряв 3",
            "将关闭",
            "已关闭",
            "王毅说",
            ".",
        ]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)


@given(COMBINATIONS, COMBINATIONS, st.sampled_from(["en", "fr", "es", "de", "it", "pt", "ru", "uk", "zh", "tr", "ja"]))
def test_any_combination_of_table_entries_can_be_checked(text: str, claim: str, language: str):
    checked = ArticleChecker(read(text=text, source_language=language)).check(claim, language)
    assert 0 <= checked.support <= 1
    assert all(finding.claim and finding.claim.strip() for finding in checked.findings)
