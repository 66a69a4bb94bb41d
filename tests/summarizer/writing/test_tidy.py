"""What models add around an answer is removed."""

import pytest

from summarizer.writing.tidy import extract_translation, tidy, unquoted


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Here is the summary: It rained.", "It rained."),
        ("Sure! Here's what happened", "Sure! Here's what happened"),
        ("**Headline:** Rain falls", "Headline: Rain falls"),
        ("Headline: Rain falls", "Rain falls"),
        ('"Rain falls"', "Rain falls"),
        ("« La pluie tombe »", "La pluie tombe"),
        ("“Rain,” he said, “falls.”", "“Rain,” he said, “falls.”"),
        ("- one\n- two", "one two"),
        ("  It rained.\n\nIt poured. ", "It rained. It poured."),
        ("Regen fällt (30 characters)", "Regen fällt"),
        ("", ""),
    ],
)
def test_tidy(answer: str, text: str):
    assert tidy(answer) == text


def test_an_inner_quotation_is_preserved():
    assert unquoted('He said "no"') == 'He said "no"'


@pytest.mark.parametrize(
    ("answer", "source", "text"),
    [
        ("Deutsche Übersetzung\n\nExplosion in Paris", "Explosión en París", "Explosion in Paris"),
        ("Explosion in Paris\n\nDeutsche Übersetzung:\nExplosion in Paris", "Explosión en París", "Explosion in Paris"),
        ("Une nouvelle traduction\nest prête.", "A new translation\nis ready.", "Une nouvelle traduction est prête."),
        ("Sie las die Übersetzung.", "Leyó la traducción.", "Sie las die Übersetzung."),
    ],
)
def test_remarks_about_a_translation_are_removed(answer: str, source: str, text: str):
    assert extract_translation(answer, source) == text
