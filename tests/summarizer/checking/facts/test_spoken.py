"""Finding names in a text by their sounds."""

import pytest

from summarizer.checking.facts.spoken import PhoneticText


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Надаль встретился с Джонсоном вчера.", "ru", "Джонсоном"),
        ("التقى نادال بجونسون أمس.", "ar", "جونسون"),
        ("ورحب بالجونسون أمس.", "ar", "جونسون"),
        ("나달은 존슨에게 졌다.", "ko", "존슨"),
        ("नडाल ने जॉनसन को हराया।", "hi", "जॉनसन"),
        ("ナダルはボリス・ジョンソンに敗れた。", "ja", "ジョンソン"),
        ("纳达尔与约翰逊会面。", "zh", "约翰逊"),
        ("나달은 Johnson에게 졌다.", "ko", "Johnson"),
    ],
)
def test_the_nearest_match_has_the_span_of_the_name(text: str, language: str, expected: str):
    match = PhoneticText(text, language).nearest("Johnson")
    assert text[match.span.start : match.span.end] == expected
    assert match.distance < 0.2


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_an_empty_text_matches_no_name(language: str):
    assert PhoneticText("12 — 13", language).nearest("Johnson").distance == 1


def test_some_scripts_mark_foreign_names():
    chinese = PhoneticText("教练与巴拉克·奥巴马和约翰逊会面。", "zh")
    assert chinese.foreign == ["巴拉克·奥巴马", "约翰逊"]
    assert PhoneticText("オバマはテレビで語った。", "ja").foreign == ["オバマ", "テレビ"]
    assert not PhoneticText("وتحدث أوباما.", "ar").marks_foreign_names
