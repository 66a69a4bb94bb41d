"""Statements attributed to the wrong speaker."""

import pytest

from summarizer.checking.article_checker import ArticleChecker
from summarizer.reading import read
from tests.desk import SAMPLE

PRESSURE = "There is pressure, but that is not the position of the government"

ARTICLES = {
    "fr": "Le ministre Laurent Fabius et la maire Anne Hidalgo se sont vus. « Nous ne ferons rien de tel cette année "
    "», a déclaré Laurent Fabius. Selon Anne Hidalgo, la ville manque de logements sociaux depuis dix ans.",
    "es": "El ministro Luis Garzón y la alcaldesa Ada Colau se vieron. «No haremos nada de eso este año», dijo Luis "
    "Garzón. Según Ada Colau, la ciudad necesita más viviendas desde hace diez años.",
    "de": "Minister Heiko Maas und Kanzlerin Angela Merkel trafen sich. „Wir werden in diesem Jahr nichts tun“, sagte "
    "Heiko Maas. Laut Angela Merkel fehlen der Stadt seit zehn Jahren viele Wohnungen.",
    "it": "Il ministro Paolo Gentiloni e la sindaca Virginia Raggi si sono visti. «Quest’anno non faremo nulla di ciò»"
    ", ha detto Paolo Gentiloni. Secondo Virginia Raggi mancano alloggi in città da dieci anni.",
    "pt": "O ministro Sérgio Moro e a prefeita Marta Suplicy se reuniram. “Não faremos nada disso neste ano”, disse "
    "Sérgio Moro. Segundo Marta Suplicy, faltam moradias na cidade há dez anos.",
    "ru": "Министр Сергей Лавров и мэр Анна Белова встретились. «Мы не будем этого делать в этом году», — заявил "
    "Сергей Лавров. По словам Анны Беловой, городу не хватает жилья уже десять лет.",
    "zh": "外交部长王毅和市长李强会面。“我们今年不会这样做，也不打算改变”，外交部长王毅说。"
    "市长李强表示，城市十年来缺少住房。",
}


def actors(language: str, text: str, claim: str) -> list[tuple[str, str | None]]:
    checker = ArticleChecker(read(text=text, source_language=language))
    return [(one.claim, one.evidence) for one in checker.check(claim, language).findings if one.kind == "actor"]


@pytest.mark.parametrize(
    ("claim", "phrases"),
    [
        (f"“{PRESSURE},” Kerry told them.", ("Kerry told", "Fabius told")),
        (f"Kerry said: “{PRESSURE}.”", ("Kerry said", "Fabius told")),
        (f"“{PRESSURE},” said Kerry.", ("said Kerry", "Fabius told")),
        (
            "“We'll destroy ISIS,” Paolo Gentiloni said.",
            ("Paolo Gentiloni said", "said U.S. Secretary of State John Kerry"),
        ),
        (
            "Laurent Fabius suggested there was no need for it.",
            ("Laurent Fabius suggested", "Paolo Gentiloni suggested"),
        ),
    ],
)
def test_a_statement_attributed_to_another_speaker_is_reported(claim: str, phrases: tuple[str, str]):
    assert actors("en", SAMPLE.read_text("utf-8"), claim) == [phrases]


@pytest.mark.parametrize(
    "claim",
    [
        f"“{PRESSURE},” Laurent Fabius said.",
        f"“{PRESSURE},” the minister said.",
        f"“{PRESSURE},” he said.",
        f"A spokesman for Kerry said: “{PRESSURE}.”",
        "“We'll destroy ISIS,” Kerry said.",
    ],
)
def test_a_correct_or_uncertain_speaker_is_accepted(claim: str):
    assert actors("en", SAMPLE.read_text("utf-8"), claim) == []


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        (
            "fr",
            "Laurent Fabius a dit : « Nous ne ferons rien de tel. »",
            "Anne Hidalgo a dit : « Nous ne ferons rien de tel. »",
        ),
        (
            "fr",
            "La ville manque de logements sociaux, selon Hidalgo.",
            "La ville manque de logements sociaux, selon Fabius.",
        ),
        ("es", "«No haremos nada de eso», aseguró Garzón.", "«No haremos nada de eso», aseguró la alcaldesa Colau."),
        (
            "de",
            "„Wir werden in diesem Jahr nichts tun“, so Maas.",
            "„Wir werden in diesem Jahr nichts tun“, so Merkel.",
        ),
        ("it", "Gentiloni ha detto: «Quest’anno non faremo nulla».", "Raggi ha detto: «Quest’anno non faremo nulla»."),
        ("pt", "“Não faremos nada disso”, afirmou Moro.", "“Não faremos nada disso”, afirmou Suplicy."),
        ("ru", "Лавров сказал: «Мы не будем этого делать».", "Белова сказала: «Мы не будем этого делать»."),
        ("zh", "部长王毅表示：“我们今年不会这样做”。", "市长李强表示：“我们今年不会这样做”。"),
    ],
)
def test_speakers_in_every_language(language: str, right: str, wrong: str):
    assert actors(language, ARTICLES[language], right) == []
    assert len(actors(language, ARTICLES[language], wrong)) == 1
