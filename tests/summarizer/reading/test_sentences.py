import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.reading import sentences

CASES = [
    ("en", ["Dr. J. R. Smith of the U.S. Army paid $3.5 million.", "“Was it worth it?” he asked.", "Yes... it was."]),
    ("en", ["They met in the U.S.", "The vote is on Monday."]),
    ("en", ["He said: “It is late. We go home.”", "They went."]),
    ("fr", ["M. Dupont a dit : « Nous partons. Demain. »", "Puis ils sont partis."]),
    ("tr", ["Biri Fatih Sultan Mehmet, öbürü II. Mahmut dönemidir.", "XVII. Yüzyılda bitti."]),
    ("de", ["Es herrschte Wilhelm II.", "Er war Kaiser."]),
    ("en", ["It was World War II.", "Britain had won."]),
    ("de", ["Am 3. Oktober kam z. B. Herr Dr. Müller.", "Im Jahr 2016.", "„Gut“, sagte er."]),
    ("es", ["¿Quién es el Sr. López?", "¡Nadie lo sabe!", "El dato es 1.234,5."]),
    ("ru", ["А. С. Пушкин родился в 1799 году.", "Т. е. давно."]),
    ("tr", ["Bu sezon 60. golünü attı.", "Maç bitti."]),
    ("el", ["Τι ώρα είναι;", "Ο κ. Παππάς ήρθε."]),
    ("hi", ["डॉ. शर्मा आए।", "यह दूसरा है।"]),
    ("ar", ["قال الرئيس إنه سيغادر.", "هل هذا صحيح؟", "نعم!"]),
    ("ur", ["یہ پہلا جملہ ہے۔", "یہ دوسرا ہے۔"]),
    ("hy", ["Սա առաջինն է։", "Սա երկրորդն է։"]),
    ("am", ["ይህ የመጀመሪያው ነው።", "ይህ ሁለተኛው ነው።"]),
    ("th", ["รัฐบาลจะดำเนินการตามแผนที่วางไว้ในปีหน้า", "ทั้งนี้ ประชาชนสามารถติดตามข่าวสารได้"]),
    ("km", ["នេះជាប្រយោគទីមួយ។", "នេះជាប្រយោគទីពីរ។"]),
    ("my", ["ဒါက ပထမ ဝါကျ ဖြစ်တယ်။", "ဒါက ဒုတိယ ဝါကျ ဖြစ်တယ်။"]),
]

UNSPACED = [
    ("zh", ["他说：“我来了。我走了。”", "然后离开。", "“好。”他说。", "真的？", "11 点了。"]),
    ("ja", ["「行きます。」と彼は言った。", "次の文です。", "数字は3.5です。"]),
    ("zh-Hant", ["總統今天說：「不。」", "會議結束了！"]),
]


@pytest.mark.parametrize(("language", "expected"), CASES)
def test_sentence_boundaries(language: str, expected: list[str]) -> None:
    assert [one.text for one in sentences(" ".join(expected), language)] == expected


@pytest.mark.parametrize(("language", "expected"), UNSPACED)
def test_sentences_without_spaces(language: str, expected: list[str]) -> None:
    assert [one.text for one in sentences("".join(expected), language)] == expected


def test_lines_and_white_space() -> None:
    result = sentences("\n\n A heading\n\nText here.  More\nthat goes on.\n", "en")
    assert [one.text for one in result] == ["\n\n A heading", "Text here.", "More\nthat goes on."]
    assert [one.trailing_space for one in result] == ["\n\n", "  ", "\n"]


def test_an_empty_text_has_no_sentences() -> None:
    assert sentences("", "en") == ()
    assert [one.text for one in sentences("  ", "en")] == ["  "]


TEXTS = st.text(
    st.one_of(st.sampled_from(" \n\t.!?…。！？“”\"'«»()।؟Aa1éあ中ไ"), st.characters(exclude_categories=["Cs"])),
    max_size=200,
)


@given(TEXTS, st.sampled_from(["en", "de", "zh", "ja", "th", "ar", "el", "hi", "und"]))
def test_sentences_concatenate_to_the_text(text: str, language: str) -> None:
    result = sentences(text, language)
    assert "".join(one.text + one.trailing_space for one in result) == text
    assert all(text[one.span.start : one.span.end] == one.text for one in result)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", [". ", "“", '." a', "\n", "A.", " ", "。", "?!", "a\n", ', "'])
def test_time_is_linear_in_the_length_of_the_text(piece: str) -> None:
    text = piece * 100_000
    assert "".join(one.text + one.trailing_space for one in sentences(text, "en")) == text
