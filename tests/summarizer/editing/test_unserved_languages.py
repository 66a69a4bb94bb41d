"""Articles in languages that the model does not serve are copied."""

import pytest

from models.engines.fake import FakeEngine
from models.errors import UnsupportedDirection
from models.settings import ModelSettings
from summarizer.desk import Desk, Source
from summarizer.errors import CannotSupport
from summarizer.options import BlurbOptions, EditionOptions, SummaryOptions
from tests.desk import pool

ARTICLES = {
    "fa": "پل جدید بندر روز دوشنبه پس از نه ماه تعمیر دوباره باز شد. هزینه تعمیر پل بیش از دوازده میلیون یورو بود که "
    "شهرداری آن را پرداخت کرد. شهردار گفت که کشتی‌ها از هفته آینده دوباره از زیر پل عبور می‌کنند.",
    "nb": "Den nye havnebroen ble åpnet for trafikk igjen mandag etter ni måneder med reparasjoner. Reparasjonen "
    "kostet byen mer enn tolv millioner euro, sa ordføreren på en pressekonferanse. Ferjene går som vanlig.",
    "sv": "Den nya hamnbron öppnades för trafik igen på måndagen efter nio månaders reparationer. Reparationen "
    "kostade staden mer än tolv miljoner euro, sade borgmästaren på en presskonferens. Färjorna går som vanligt.",
    "pl": "Nowy most portowy został w poniedziałek ponownie otwarty po dziewięciu miesiącach naprawy. Naprawa "
    "kosztowała miasto ponad dwanaście milionów euro, powiedział burmistrz na konferencji prasowej. Promy kursują.",
    "el": "Η νέα γέφυρα του λιμανιού άνοιξε ξανά τη Δευτέρα μετά από εννέα μήνες επισκευών στην πόλη. Η επισκευή "
    "κόστισε στην πόλη πάνω από δώδεκα εκατομμύρια ευρώ, είπε ο δήμαρχος. Τα πλοία περνούν κανονικά.",
    "ur": "بندرگاہ کا نیا پل نو ماہ کی مرمت کے بعد پیر کے روز دوبارہ کھول دیا گیا ہے۔ مرمت پر شہر کے بارہ ملین یورو سے "
    "زیادہ خرچ ہوئے، یہ بات میئر نے بتائی۔ کشتیاں اگلے ہفتے سے معمول کے مطابق چلیں گی۔",
    "sw": "Daraja jipya la bandari lilifunguliwa tena siku ya Jumatatu baada ya miezi tisa ya matengenezo. Matengenezo "
    "hayo yaligharimu jiji zaidi ya euro milioni kumi na mbili, alisema meya. Meli zitapita kama kawaida wiki ijayo.",
}

TITLES = {
    "fa": "پل بندر دوباره باز شد",
    "nb": "Havnebroen er åpen igjen",
    "sv": "Hamnbron är öppen igen",
    "pl": "Most portowy znów otwarty",
    "el": "Η γέφυρα άνοιξε ξανά",
    "ur": "بندرگاہ کا پل دوبارہ کھل گیا",
    "sw": "Daraja la bandari limefunguliwa",
}


@pytest.fixture
def desk() -> Desk:
    return Desk(pool(FakeEngine(window=2048)), ModelSettings(model="test/desk"))


@pytest.mark.parametrize("language", ARTICLES)
@pytest.mark.parametrize("strictness", ["repair", "report", "refuse"])
def test_a_summary_is_copied_and_says_so(desk: Desk, language: str, strictness: str):
    options = SummaryOptions(max_sentences=2, strictness=strictness)  # type: ignore[arg-type]
    result = desk.summarise(ARTICLES[language], options)
    assert result.target_language == result.source_language
    assert result.target_language.split("-")[0] in {language, "no"}
    assert 1 <= len(result.sentences) <= 2
    assert all(sentence.text in ARTICLES[language] for sentence in result.sentences)
    assert [warning.kind for warning in result.warnings] == ["extracted"]


@pytest.mark.parametrize("language", ARTICLES)
def test_headlines_and_notifications_are_copied_within_their_limits(desk: Desk, language: str):
    headline = desk.summarise(ARTICLES[language], SummaryOptions(style="headline"))
    assert headline.sentences[0].text.rstrip(".۔") in ARTICLES[language]
    source = Source(text=ARTICLES[language], title=TITLES[language])
    target = desk.read(source).language
    (blurb,) = desk.blurb(source, BlurbOptions((target,))).blurbs
    assert blurb.wording.title == TITLES[language]
    assert blurb.wording.body in ARTICLES[language]
    assert blurb.method == "extracted"
    assert [warning.kind for warning in blurb.warnings] == ["extracted"]


def test_only_what_needs_translation_is_refused_with_the_languages_that_would_do(desk: Desk):
    source = Source(text=ARTICLES["sv"], title=TITLES["sv"])
    result = desk.editions(source, EditionOptions(("sv", "fr"), ("summary", "blurb")))
    swedish, french = result.editions
    assert swedish.failures == ()
    assert swedish.summary
    assert swedish.blurb
    assert [(failure.format, type(failure.error)) for failure in french.failures] == [
        ("summary", UnsupportedDirection),
        ("blurb", UnsupportedDirection),
    ]
    assert "It supports en, fr, de, zh." in str(french.failures[0].error)


def test_an_article_of_which_nothing_fits_fails(desk: Desk):
    with pytest.raises(CannotSupport, match="fits"):
        desk.summarise(ARTICLES["sv"], SummaryOptions(max_words=3))
