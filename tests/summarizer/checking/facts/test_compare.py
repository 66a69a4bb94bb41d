"""Facts that a translation lacks or adds."""

import pytest

from summarizer.checking.facts import compare
from tests.desk import FIGURES, FRENCH

TRUE = [
    ("The group lost 40 percent on Tuesday in Iraq.", "fr", "Le groupe a perdu 40 % mardi en Irak."),
    ("The group lost 40 percent on Tuesday in Iraq.", "zh", "该组织周二在伊拉克失去了百分之四十。"),
    ("The group lost 40 percent on Tuesday in Iraq.", "ar", "خسرت الجماعة أربعين في المئة يوم الثلاثاء في العراق."),
    ("The group lost 40 percent on Tuesday in Iraq.", "ru", "Во вторник группа потеряла 40 процентов в Ираке."),
    ("It cost 4.6 million dollars, said Barack Obama.", "de", "Es kostete 4,6 Mio. Dollar, sagte Barack Obama."),
    ("It cost 4.6 million dollars, said Barack Obama.", "ja", "費用は460万ドルだったとバラク・オバマ氏は述べた。"),
    ("It cost 4.6 million dollars, said Barack Obama.", "ru", "Это стоило 4,6 млн долларов, сказал Барак Обама."),
    ("1.5 million people in South Korea", "hi", "दक्षिण कोरिया में 15 लाख लोग"),
    ("1.5 million people in South Korea", "ko", "한국의 150만 명"),
    ("On 9 August 2016 it reached 240 km.", "vi", "Ngày 9 tháng 8 năm 2016 nó đạt 240 km."),
    ("On 9 August 2016 it reached 240 km.", "tr", "9 Ağustos 2016'da 240 kilometreye ulaştı."),
]


@pytest.mark.parametrize(("source", "language", "target"), TRUE)
def test_true_translations_have_no_findings(source: str, language: str, target: str):
    assert compare(source, "en", target, language) == ()


@pytest.mark.parametrize(
    ("target", "missing", "added"),
    [
        ("Le groupe a perdu 45 % en Irak et 20 % en Syrie.", "40 percent", "45 %"),
        ("Le groupe a perdu 40 km en Irak et 20 % en Syrie.", "40 percent", "40 km"),
        ("Le groupe a perdu 40 % en Iran et 20 % en Syrie.", "Iraq", "Iran"),
        ("Le groupe a perdu 40 % en Irak et 20 % en Australie.", "Syria", "Australie"),
    ],
)
def test_a_changed_fact_is_reported_on_both_sides(target: str, missing: str, added: str):
    findings = compare("The group lost 40 percent in Iraq and 20 percent in Syria.", "en", target, "fr")
    assert [finding.evidence for finding in findings if not finding.claim] == [missing]
    assert [finding.claim for finding in findings if finding.evidence is None] == [added]


def test_a_newsroom_translation_has_no_findings():
    assert compare(FIGURES, "en", FRENCH[FIGURES], "fr") == ()


def test_a_rounded_number_needs_its_hedge():
    assert compare("987 people", "en", "presque 1 000 personnes", "fr")[1:] == ()
    assert [finding.claim for finding in compare("987 people", "en", "1 000 personnes", "fr") if finding.claim]
