"""Segments: what the model sees of a text, and how their translations are joined."""

import pytest

from models.engines.fake import FakeEngine, echo
from models.settings import ModelSettings
from summarizer.desk import Desk
from summarizer.options import TextFormat, TranslationOptions
from tests.desk import pool

ENGLISH = {
    "市长周一宣布第1号桥将关闭九个月。": "The mayor closed bridge 1 for nine months.",
    "第2号渡轮每十分钟开一班。": "Ferry 2 runs every ten minutes.",
    "「私は辞めない。」": "“I will not leave.”",
    "会議は9時に始まる。": "The meeting starts at 9.",
    "它是免费的！": "It is free!",
}


def translated(text: str, source: str, target: str, text_format: TextFormat = "text") -> tuple[str, list[str]]:
    """The translation by a model that knows a few sentences, and the texts that the model saw."""
    seen: list[str] = []

    def answer(text: str) -> str:
        seen.append(text)
        return ENGLISH.get(text, text)

    desk = Desk(
        pool(FakeEngine(answer=lambda prompt: answer(echo(prompt)), window=2048)),
        ModelSettings(model="test/desk", preload=False),
    )
    try:
        options = TranslationOptions(text_format)
        result = desk.translate([text], target, options=options, source_language=source)
        return result.translations[0].texts[0], seen
    finally:
        desk.close()


@pytest.mark.parametrize(
    ("text", "text_format", "expected"),
    [
        (
            "市长周一宣布第1号桥将关闭九个月。第2号渡轮每十分钟开一班。",
            "text",
            "The mayor closed bridge 1 for nine months. Ferry 2 runs every ten minutes.",
        ),
        (
            "<p>市长周一宣布第1号桥将关闭九个月。<b>第2号渡轮每十分钟开一班。</b>它是免费的！</p>",
            "html",
            "<p>The mayor closed bridge 1 for nine months. <b>Ferry 2 runs every ten minutes.</b> It is free!</p>",
        ),
        (
            "# 第2号渡轮每十分钟开一班。它是免费的！\n\n它是免费的！",
            "markdown",
            "# Ferry 2 runs every ten minutes. It is free!\n\nIt is free!",
        ),
    ],
)
def test_sentences_are_joined_with_a_space_where_the_target_has_them(text: str, text_format: TextFormat, expected: str):
    assert translated(text, "zh", "en", text_format)[0] == expected


def test_other_languages_keep_their_spacing():
    assert translated("One.  Two.\tThree!", "en", "fr")[0] == "One.  Two.\tThree!"
    assert translated("One.Two", "en", "fr")[0] == "One.Two"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("- The ferry stops in March.\n- The bridge opens in May.", ["ferry stops in March", "bridge opens in May"]),
        ("• The mayor spoke.\n• The school shut.", ["mayor spoke", "school shut"]),
        ("1. The mayor spoke.\n2) The school shut.", ["mayor spoke", "school shut"]),
        ("— The mayor spoke.\n—The school shut.", ["mayor spoke", "school shut"]),
        ("> The mayor spoke.\n> > The school shut.", ["mayor spoke", "school shut"]),
        ("(a) The mayor spoke.\n(iv) The school shut.", ["mayor spoke", "school shut"]),
    ],
)
def test_the_marks_of_lines_are_outside_what_the_model_sees(text: str, seen: list[str]):
    result, texts = translated(text, "en", "fr")
    assert result == text
    assert list(dict.fromkeys(texts)) == [f"The {words}." for words in seen]


@pytest.mark.parametrize(
    "text", ["-5 degrees at night.", "A. Smith spoke.", "12:30 is the time.", "*The* mayor spoke."]
)
def test_other_signs_at_the_start_of_a_line_are_part_of_the_sentence(text: str):
    assert text in translated(text, "en", "fr")[1]


def test_line_marks_in_a_page_and_around_a_tag():
    page = "<p>- <b>The mayor</b> spoke.<br>- The school shut.</p>"
    result, texts = translated(page, "en", "fr", "html")
    assert result == page
    assert "The mayor spoke." in texts


def test_a_line_mark_inside_code_stays_with_it():
    page = "<p><code>- The</code> mayor spoke.</p>"
    result, texts = translated(page, "en", "fr", "html")
    assert (result, texts[0]) == (page, "- The mayor spoke.")
