"""Sentences that start with a pronoun."""

import pytest

from summarizer.checking.pronouns import PRONOUNS, opens_with_pronoun

POINTING = {
    "ar": "هو قال ذلك.",
    "de": "Er hat sie geschlagen.",
    "en": "“He was arrested on Tuesday.”",
    "es": "Su abogado lo negó.",
    "fr": "Il promet un pont.",
    "hi": "उन्होंने कहा कि काम चल रहा है।",
    "id": "Mereka pergi ke Jakarta.",
    "it": "Lei ha vinto.",
    "ja": "彼は辞任した。",
    "ko": "그는 사임했다.",
    "pt": "Eles venceram.",
    "ru": "Они ушли.",
    "tr": "Onlar kazandı.",
    "uk": "Вона перемогла.",
    "vi": "Ông ấy từ chức.",
    "zh": "他们离开了。",
}
NAMING = [
    ("en", "Heather Smith was arrested."),
    ("en", "Theirs was the first bridge."),
    ("en", "It is raining."),
    ("de", "Ernst Haas hat gewonnen."),
    ("fr", "Il y a deux ponts."),
    ("fr", "Il s’agit d’un pont."),
    ("ru", "Онега вышла из берегов."),
    ("sw", "Yeye alisema."),
]


def test_every_language_of_the_table_is_tested() -> None:
    assert POINTING.keys() == PRONOUNS.keys()


@pytest.mark.parametrize("language", POINTING)
def test_an_opening_pronoun_is_detected(language: str) -> None:
    assert opens_with_pronoun(POINTING[language], language)


@pytest.mark.parametrize(("language", "sentence"), NAMING)
def test_an_explicit_subject_is_accepted(language: str, sentence: str) -> None:
    assert not opens_with_pronoun(sentence, language)
