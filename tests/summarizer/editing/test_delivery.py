"""Translated summaries and notifications are checked as they are delivered."""

from collections.abc import Mapping, Sequence

import pytest

from models.engines.fake import FakeEngine, echo
from models.protocol import Decoding, Hypothesis, Markup, OnToken, Prompt
from models.settings import ModelSettings
from summarizer.desk import Desk
from summarizer.editions import Blurb, Summary
from summarizer.errors import NotTranslated
from summarizer.options import BlurbOptions, SummaryOptions
from tests.desk import pool

OPENED = "Families celebrated the opening of the new harbour bridge on Monday."
CLOSED = "It was closed for nine months, the city said."
COST = "The repair of the harbour bridge cost the city of Hamburg 12.5 million euros."
ARTICLE = f"{OPENED} {CLOSED} {COST}"

OPENED_FR = "Les familles ont fêté lundi l'ouverture du nouveau pont du port."
OPENED_DE = "Familien feierten am Montag die Eröffnung der neuen Hafenbrücke."
CLOSED_FR = "Il a été fermé pendant neuf mois, selon la ville."
COST_FR = "La réparation du pont du port a coûté 12,5 millions d'euros à la ville de Hambourg."
TITLE, TITLE_FR = "Harbour bridge opens", "Le pont du port ouvre"


class Translator(FakeEngine):
    """Writes `written` and fixed translations; samples are taken from `samples`."""

    def __init__(
        self, translations: Mapping[str, str], samples: Mapping[str, str] | None = None, written: str = OPENED
    ) -> None:
        super().__init__(answer=self._reply, window=2048)
        self._translations, self._samples, self._written = translations, samples or {}, written
        self._sampled = False

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        self._sampled = decoding.temperature > 0
        return super().generate(prompts, decoding, on_token)

    def _reply(self, prompt: Prompt) -> str:
        task = "".join(piece.text for piece in prompt.pieces if isinstance(piece, Markup))
        if "TRANSLATE" in task:
            source = echo(prompt)
            translation = self._translations.get(source, source)
            return self._samples.get(source, translation) if self._sampled else translation
        return TITLE if "HEADLINE" in task else self._written


def desk(engine: Translator) -> Desk:
    return Desk(pool(engine), ModelSettings(model="test/desk"))


def summary(engine: Translator, language: str = "fr", article: str = ARTICLE, **options: object) -> Summary:
    return desk(engine).summarise(article, SummaryOptions(language, **options))  # type: ignore[arg-type]


def blurb(engine: Translator, language: str = "fr") -> Blurb:
    (result,) = desk(engine).blurb(ARTICLE, BlurbOptions((language,))).blurbs
    return result


@pytest.mark.parametrize(
    ("language", "translation"),
    [("fr", OPENED_FR), ("de", OPENED_DE), ("fr", COST_FR)],
)
def test_support_evidence_and_findings_are_those_of_the_delivered_sentence(language: str, translation: str):
    source = COST if translation == COST_FR else OPENED
    engine = Translator({source: translation}, written=source)
    result = summary(engine, language, max_sentences=1)
    (sentence,) = result.sentences
    (checked,) = desk(engine).check(ARTICLE, translation, language=language).sentences
    assert sentence.text == translation
    assert (sentence.support, sentence.evidence, sentence.findings) == (
        checked.support,
        checked.evidence,
        checked.findings,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        OPENED_FR.replace("lundi", "mardi"),
        OPENED_FR.replace("lundi", "le 1er janvier"),
        OPENED_FR.replace("du nouveau pont du port", "du nouveau pont de Londres"),
        "familles celebrated 橋 の opening",
    ],
)
def test_a_translation_that_the_article_does_not_support_is_replaced_by_another(wrong: str):
    engine = Translator({OPENED: wrong}, {OPENED: OPENED_FR})
    assert summary(engine, max_sentences=1).text == OPENED_FR


def test_a_sentence_without_a_supported_translation_is_left_out():
    engine = Translator({OPENED: OPENED_FR.replace("lundi", "mardi"), COST: COST_FR}, written=f"{OPENED} {COST}")
    result = summary(engine)
    assert result.text == COST_FR
    assert "shortened" in [warning.kind for warning in result.warnings]


def test_another_sentence_of_the_article_follows_and_is_said_to_be_translated():
    engine = Translator({OPENED: OPENED_FR.replace("lundi", "mardi"), COST: COST_FR})
    result = summary(engine, max_sentences=1)
    assert [(sentence.text, sentence.method) for sentence in result.sentences] == [(COST_FR, "extracted")]
    (message,) = [warning.message for warning in result.warnings if warning.kind == "extracted"]
    assert "translated from the article" in message
    assert "copied" not in message


def test_a_copied_sentence_is_said_to_be_copied_in_its_own_language():
    engine = Translator({}, written="The group has lost 75 percent of its men.")
    (message,) = [one.message for one in summary(engine, "en").warnings if one.kind == "extracted"]
    assert "copied from the article" in message


@pytest.mark.parametrize("style", ["paragraph", "headline"])
def test_a_language_without_any_supported_translation_fails(style: str):
    wrong = "Les familles ont fêté le 7 mars 1999 la fermeture."
    engine = Translator(dict.fromkeys([OPENED, CLOSED, COST, TITLE], wrong))
    with pytest.raises(NotTranslated, match="fr"):
        summary(engine, style=style)


def test_a_language_without_any_supported_notification_fails_and_others_do_not():
    wrong = "Les familles ont fêté le 7 mars 1999 la fermeture."
    engine = Translator(dict.fromkeys([OPENED, CLOSED, COST, TITLE], wrong))
    result = desk(engine).blurb(ARTICLE, BlurbOptions(("en", "fr")))
    assert [one.target_language for one in result.blurbs] == ["en"]
    assert [(one.target_language, type(one.error)) for one in result.failures] == [("fr", NotTranslated)]


@pytest.mark.parametrize("wrong", ["a ouvert le mardi", "a ouvert le 1er janvier", "a ouvert après dix ans"])
def test_a_body_that_the_article_does_not_support_is_replaced_by_another(wrong: str):
    engine = Translator({TITLE: TITLE_FR, OPENED: f"Le pont {wrong}."}, {OPENED: OPENED_FR})
    assert blurb(engine).wording.body == OPENED_FR


def test_support_of_a_notification_is_that_of_the_delivered_body():
    engine = Translator({TITLE: TITLE_FR, OPENED: OPENED_FR})
    result = blurb(engine)
    (checked,) = desk(engine).check(ARTICLE, result.wording.body, language="fr").sentences
    assert (result.support, result.evidence) == (checked.support, checked.evidence)


def test_a_pronoun_without_its_antecedent_is_left_out():
    engine = Translator(
        {OPENED: OPENED_FR.replace("lundi", "mardi"), CLOSED: CLOSED_FR, COST: COST_FR},
        written=f"{OPENED} {CLOSED} {COST}",
    )
    assert summary(engine, max_sentences=3).text == COST_FR


def test_with_report_only_numbers_are_rejected():
    engine = Translator({OPENED: OPENED_FR.replace("lundi", "mardi"), COST: COST_FR.replace("12,5", "13,5")})
    (sentence,) = summary(engine, max_sentences=1, strictness="report").sentences
    assert [finding.kind for finding in sentence.findings] == ["date"]
    engine = Translator({COST: COST_FR.replace("12,5", "13,5")}, written=COST)
    with pytest.raises(NotTranslated):
        summary(engine, max_sentences=1, strictness="report")
