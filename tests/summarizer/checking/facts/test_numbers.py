"""Numbers with their units in sixteen languages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.facts import FactKind, facts, numbers
from summarizer.checking.facts.numerals import numerals
from summarizer.checking.facts.quantities import NumberPair, Quantity


def quantities(text: str, language: str) -> list[tuple[float, str]]:
    values = [fact.value for fact in facts(text, language) if fact.kind == FactKind.NUMBER]
    return [(float(value.amount), value.unit) for value in values if isinstance(value, Quantity)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("40 percent", "en"),
        ("40 %", "en"),
        ("forty per cent", "en"),
        ("40 pour cent", "fr"),
        ("quarante pour cent", "fr"),
        ("cuarenta por ciento", "es"),
        ("vierzig Prozent", "de"),
        ("40 por cento", "pt"),
        ("quaranta per cento", "it"),
        ("сорок процентов", "ru"),
        ("сорок відсотків", "uk"),
        ("百分之四十", "zh"),
        ("4割", "ja"),
        ("٤٠٪", "ar"),
        ("أربعون في المئة", "ar"),
        ("४० प्रतिशत", "hi"),
        ("चालीस फीसदी", "hi"),
        ("yüzde 40", "tr"),
        ("%40", "tr"),
        ("40퍼센트", "ko"),
        ("bốn mươi phần trăm", "vi"),
        ("empat puluh persen", "id"),
    ],
)
def test_forty_percent_is_the_same_in_every_language(text: str, language: str):
    assert quantities(text, language) == [(40, "%")]


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("1,234,567", "en", 1234567),
        ("1.234.567", "de", 1234567),
        ("1\u202f234\u202f567", "fr", 1234567),
        ("12,34,567", "hi", 1234567),
        ("1.000", "de", 1000),
        ("1.125", "en", 1.125),
        ("1,5", "fr", 1.5),
        ("3,000", "es", 3000),
        ("١٬٢٣٤٫٥", "ar", 1234.5),
        ("4.6 million", "en", 4600000),
        ("half a million", "en", 500000),
        ("two and a half million", "en", 2500000),
        ("two dozen", "en", 24),
        ("mil millones", "es", 1000000000),
        ("5 Mio.", "de", 5000000),
        ("3 млн 200 тыс.", "ru", 3200000),
        ("полтора миллиона", "ru", 1500000),
        ("2 करोड़ 50 लाख", "hi", 25000000),
        ("डेढ़ लाख", "hi", 150000),
        ("4.6亿", "zh", 460000000),
        ("3万5千", "zh", 35000),
        ("1億2000万", "ja", 120000000),
        ("3만 5천", "ko", 35000),
        ("٣ ملايين", "ar", 3000000),
        ("2 juta", "id", 2000000),
        ("3 triệu", "vi", 3000000),
        ("10 binden", "tr", 10000),
        ("İki yüz", "tr", 200),
        ("XIX", "fr", 19),
    ],
)
def test_separators_and_magnitudes(text: str, language: str, amount: float):
    assert [value for value, _ in quantities(text, language)] == [amount]


SPELLED = [
    ("en", "nine hundred and fifty-seven thousand six hundred and forty-two"),
    ("fr", "neuf cent cinquante-sept mille six cent quarante-deux"),
    ("es", "novecientos cincuenta y siete mil seiscientos cuarenta y dos"),
    ("de", "neunhundertsiebenundfünfzigtausendsechshundertzweiundvierzig"),
    ("pt", "novecentos e cinquenta e sete mil seiscentos e quarenta e dois"),
    ("it", "novecentocinquantasettemilaseicentoquarantadue"),
    ("ru", "девятьсот пятьдесят семь тысяч шестьсот сорок два"),
    ("uk", "дев'ятсот п'ятдесят сім тисяч шістсот сорок два"),
    ("tr", "dokuz yüz elli yedi bin altı yüz kırk iki"),
    ("vi", "chín trăm năm mươi bảy nghìn sáu trăm bốn mươi hai"),
    ("id", "sembilan ratus lima puluh tujuh ribu enam ratus empat puluh dua"),
    ("ar", "تسعمئة وسبعة وخمسون ألف وستمئة واثنان وأربعون"),
    ("hi", "नौ लाख सत्तावन हजार छह सौ बयालीस"),
    ("zh", "九十五万七千六百四十二"),
    ("ja", "九十五万七千六百四十二"),
    ("ko", "구십오만 칠천육백사십이"),
]


@pytest.mark.parametrize(("language", "text"), SPELLED, ids=[language for language, _ in SPELLED])
def test_words_of_a_long_number(language: str, text: str):
    assert [numeral.value for numeral in numerals(text, language)] == [957642]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("one of the hundreds of people", "en"),
        ("une personne et des milliers d'autres", "fr"),
        ("ein Haus", "de"),
        ("几十人，十分重要，一个", "zh"),
        ("十分", "ja"),
        ("a third of them", "en"),
        ("三分之一", "zh"),
        ("Six Flags is a park that Six Flags owns", "en"),
        ("Covid-19 and the F-16", "en"),
    ],
)
def test_texts_without_numbers(text: str, language: str):
    result = [fact.text for fact in facts(text, language) if fact.kind == FactKind.NUMBER]
    assert result in ([], ["Six"])  # the capital letter may only mark the start of the sentence


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("$4.6 million and 5 kg", "en", [(4600000, "dollar"), (5, "kilogram")]),
        ("5 millions d'euros", "fr", [(5000000, "EUR")]),
        ("20 to 30 percent", "en", [(20, "%"), (30, "%")]),
        ("250 năm", "vi", [(250, "year")]),
        ("35 лет", "ru", [(35, "year")]),
        ("6:30 p.m. or 18h30", "en", [(1110, "time"), (1110, "time")]),
        ("午前9時30分", "ja", [(570, "time")]),
        ("eine zweistündige Rede", "de", [(2, "")]),
    ],
)
def test_units(text: str, language: str, expected: list[tuple[float, str]]):
    assert quantities(text, language) == expected


def test_a_score_is_a_number_pair():
    (score,) = facts("a 2-1 win", "en")
    assert score.value == NumberPair(Decimal(2), Decimal(1))


@given(st.integers(0, 10**12))
def test_digits_round_trip(number: int):
    assert [value for value, _ in quantities(f"{number:,}", "en")] == [number]


@given(st.text(), st.sampled_from(["en", "de", "tr", "ar", "zh", "ko", "vi", "und", "sv"]))
def test_facts_of_any_text_are_sorted_and_match_their_spans(text: str, language: str):
    result = facts(text, language)
    assert [text[fact.span.start : fact.span.end] for fact in result] == [fact.text for fact in result]
    assert list(result) == sorted(result, key=lambda fact: (fact.span.start, fact.span.end))


def test_numbers_equal_the_numbers_among_the_facts():
    text = (
        "On 3 May 2016 NATO said that 40 percent of the US$5 million, a 3-2 vote, would “go to the 7 poorest of all”."
    )
    result = numbers(text, "en")
    assert len(result) > 3
    assert list(result) == [fact for fact in facts(text, "en") if fact.kind == FactKind.NUMBER]
