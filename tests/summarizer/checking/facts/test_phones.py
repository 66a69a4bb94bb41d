"""The sounds of names in different scripts."""

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from summarizer.checking.facts.phones import distance, phones

LATIN = st.text("abcdefghijklmnoprstuvwxyz", min_size=1, max_size=12)
ALPHABETS = (
    "абвгдежзийклмнопрстуфхцчшщыэюяіїєґ",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "ابتثجحخدذرزسشصضطظغفقكلمنهوي",
    "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्",
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモラリルレロワンー",
    "가나다라마바사아자차카타파하김이박최정은린턴클스트",
)
SPELLED = st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, min_size=1, max_size=10))


@pytest.mark.parametrize(
    "spelled",
    [
        "Клинтон",
        "Κλίντον",
        "كلينتون",
        "کلینتون",
        "क्लिंटन",
        "クリントン",
        "클린턴",
        "克林顿",
    ],
)
def test_a_name_has_similar_phones_in_every_script(spelled: str):
    assert distance(phones("Clinton"), phones(spelled)) < 0.1
    assert distance(phones("Merkel"), phones(spelled)) > 0.4


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("Smith", "スミス"),
        ("Harvard", "Гарвард"),
        ("Whitehall", "Уайтхолл"),
        ("Virginia", "버지니아"),
        ("Xi Jinping", "习近平"),
        ("Reece", "リース"),
        ("Tipper", "ティッパー"),
        ("Barça", "Барса"),
    ],
)
def test_confusable_spellings_are_close(name: str, spelled: str):
    assert distance(phones(name), phones(spelled)) < 0.22


@given(SPELLED)
def test_phones_of_a_transliteration_are_stable(word: str):
    assert distance(phones(word), phones(anyascii(word))) == 0


@given(LATIN, LATIN)
def test_the_distance_is_symmetric_and_between_0_and_1(one: str, other: str):
    one, other = phones(one), phones(other)
    assert distance(one, other) == distance(other, one)
    assert 0 <= distance(one, other) <= 1
    assert distance(one, one) == 0


def test_a_text_without_letters_has_no_phones():
    assert phones("…") == ""
    assert distance("", "") == 0
    assert distance("", "klinton") == 1
