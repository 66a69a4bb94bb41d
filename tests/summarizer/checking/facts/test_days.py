"""Dates and weekdays in many languages."""

import pytest

from summarizer.checking.facts.days import PartialDate, dates


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("on Feb. 2, 2016", "en"),
        ("2 February 2016", "en"),
        ("2/2/2016", "en"),
        ("2016-02-02", "und"),
        ("le 2 février 2016", "fr"),
        ("el 2 de febrero de 2016", "es"),
        ("am 2. Februar 2016", "de"),
        ("em 2 de fevereiro de 2016", "pt"),
        ("il 2 febbraio 2016", "it"),
        ("2 февраля 2016 года", "ru"),
        ("2 лютого 2016 року", "uk"),
        ("2 Şubat 2016'da", "tr"),
        ("ngày 2 tháng 2 năm 2016", "vi"),
        ("2 Februari 2016", "id"),
        ("2 فبراير 2016", "ar"),
        ("2 شباط 2016", "ar"),
        ("2 फ़रवरी 2016", "hi"),
        ("2016年2月2日", "zh"),
        ("2016年2月2日", "ja"),
        ("2016년 2월 2일", "ko"),
    ],
)
def test_a_date_in_every_language(text: str, language: str):
    assert [fact.value for fact in dates(text, language)] == [PartialDate(2016, 2, 2)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("on Monday", "en"),
        ("lundi", "fr"),
        ("Montagabend", "de"),
        ("в понедельник", "ru"),
        ("يوم الاثنين", "ar"),
        ("周一", "zh"),
        ("星期一", "zh"),
        ("月曜日", "ja"),
        ("월요일", "ko"),
        ("thứ Hai", "vi"),
        ("Pazartesi günü", "tr"),
        ("सोमवार को", "hi"),
    ],
)
def test_a_weekday_in_every_language(text: str, language: str):
    assert [fact.value for fact in dates(text, language)] == [PartialDate(weekday=0)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He may march on, yesterday or tomorrow.", "en"),
        ("La planète Mars", "fr"),
        ("Среди людей", "ru"),
        ("minggu lalu", "id"),
        ("13/13/2016", "en"),
    ],
)
def test_texts_without_dates(text: str, language: str):
    assert list(dates(text, language)) == []


def test_a_month_that_is_also_a_verb_needs_its_capital_letter():
    assert [fact.value for fact in dates("in May they may", "en")] == [PartialDate(month=5)]


def test_date_ranges():
    values = {fact.value for fact in dates("с 9-10 января", "ru")}
    assert values == {PartialDate(month=1, day=9), PartialDate(month=1, day=10)}
