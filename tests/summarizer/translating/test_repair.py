"""Repairs: where the tags of a page and the placeholders of a text are in its translation."""

import pytest

from summarizer.options import TagOptions
from tests.summarizer.translating.test_translate import kinds, translated

FRENCH = {
    "More than 10⁶ people voted in 2020¹.": "Plus de 10⁶ personnes ont voté en 2020¹.",
    "It rose to 10⁻³.": "Il a atteint 10⁻³.",
    "The law¹ was passed.": "La loi1 a été votée.",
    "The North won.": "Le Nord a gagné.",
    "North": "Nord",
    "It is unbelievable.": "C'est incroyable.",
    "unbelievable": "incroyable",
    "In the 19th century.": "Au 19e siècle.",
    "19th": "19e",
    "It began in 2024.": "Tout a commencé en 2024.",
    "CO₂ levels rose.": "Les niveaux de CO₂ ont monté.",
    "See https://news.example/x now.": "Voir https://news.example/x maintenant.",
    "With @anna today.": "Aujourd'hui avec @anna.",
    "The mayor spoke.": "Le maire a parlé.",
    "The": "Le",
}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<p>More than 10<sup>6</sup> people voted in 2020<sup>1</sup>.</p>",
            "<p>Plus de 10<sup>6</sup> personnes ont voté en 2020<sup>1</sup>.</p>",
        ),
        ("<p>It rose to 10<sup>-3</sup>.</p>", "<p>Il a atteint 10<sup>-3</sup>.</p>"),
        (
            "<p>The law<sup><a href='#f1'>[1]</a></sup> was passed.</p>",
            "<p>La loi<sup><a href='#f1'>[1]</a></sup> a été votée.</p>",
        ),
        ("<p>CO<sub>2</sub> levels rose.</p>", "<p>Les niveaux de CO<sub>2</sub> ont monté.</p>"),
        ("<p>It began in 202<b>4</b>.</p>", "<p>Tout a commencé en 202<b>4</b>.</p>"),
        (
            '<a href="x">See <i class="invisible">https://</i><i>news.example/x</i> now.</a>',
            '<a href="x">Voir <i class="invisible">https://</i><i>news.example/x</i> maintenant.</a>',
        ),
        ("<p>With @<span>anna</span> today.</p>", "<p>Aujourd'hui avec @<span>anna</span>.</p>"),
        ("<p>The <b>N</b>orth won.</p>", "<p>Le <b>N</b>ord a gagné.</p>"),
        ("<p>It is un<em>believ</em>able.</p>", "<p>C'est in<em>croya</em>ble.</p>"),
        ("<p><span>T</span>he mayor spoke.</p>", "<p><span>L</span>e maire a parlé.</p>"),
        ("<p>In the 19<sup>th</sup> century.</p>", "<p>Au 19<sup>e</sup> siècle.</p>"),
    ],
)
def test_a_tag_stays_on_the_characters_that_it_marked(page: str, expected: str):
    result = translated(lambda text: FRENCH.get(text, text), page, format="html")
    assert (result.texts[0], kinds(result)) == (expected, [])


@pytest.mark.parametrize(
    "page",
    [
        "<p>5 × 10<sup>9</sup> stars and 1,<b>000</b> more.</p>",
        "<p>It rose in 2020<sup>1</sup> and 2021<sup>[2]</sup>.</p>",
        "<p>Chapter 34<sup><a href=#f1>1</a></sup> says it, and 35<a href=#f2><sup>2</sup></a> too.</p>",
        "<p>See <b>https://news.example/</b>x_<i>y</i> at B<b>2</b>B.</p>",
        "<p>A word<sup>1,2</sup>, another<sup>*</sup>, H<sub>2</sub>O and m<sup>2</sup>.</p>",
    ],
)
def test_an_echoed_page_is_unchanged(page: str):
    assert translated(str, page, format="html").texts == (page,)


def test_the_model_sees_exponents_and_not_digits():
    seen: list[str] = []

    def answer(text: str) -> str:
        seen.append(text)
        return text

    translated(answer, "<p>About 10<sup>6</sup> of H<sub>2</sub>O<sup>[3]</sup>.</p>", format="html")
    assert seen[0] == "About 10⁶ of H₂O³."


def test_a_lost_exponent_is_restored_in_its_number():
    result = translated(lambda _text: "Plus de 106 voix.", "<p>More than 10<sup>6</sup> votes.</p>", format="html")
    assert result.texts == ("<p>Plus de 10<sup>6</sup> voix.</p>",)


@pytest.mark.parametrize(
    ("page", "answer", "expected"),
    [
        (
            "Good morning, <ph id='1'/>, you have mail.",
            "{0}, vous avez du courrier.",
            "<ph id='1'/>, vous avez du courrier.",
        ),
        (
            "Dear <x id='1'/>, your order <x id='2'/> has shipped.",
            "Cher {0}, votre commande {1} a été envoyée.",
            "Cher <x id='1'/>, votre commande <x id='2'/> a été envoyée.",
        ),
        (
            "<p>Call <img src='phone.png'> now.</p>",
            "Appelez {0} tout de suite.",
            "<p>Appelez <img src='phone.png'> tout de suite.</p>",
        ),
        (
            "<p>Tap <i class='icon'></i> twice.</p>",
            "Tapez {0} deux fois.",
            "<p>Tapez <i class='icon'></i> deux fois.</p>",
        ),
        (
            "<p>Old <img id='c0'><img id='c1'> text.</p>",
            "Vieux texte {0}.",
            "<p>Vieux texte <img id='c0'><img id='c1'>.</p>",
        ),
        (
            "You have <count>three</count> new mails.",
            "Vous avez trois courriels.",
            "Vous avez <count>trois</count> courriels.",
        ),
    ],
)
def test_elements_without_content_are_placed_by_the_model(page: str, answer: str, expected: str):
    result = translated(lambda text: "trois" if text == "three" else answer, page, format="html")
    assert (result.texts[0], kinds(result)) == (expected, [])


@pytest.mark.parametrize(
    "page",
    [
        "Good morning, <ph id='1'/>, you have <ph id='2'/> mails.",
        "<p>It is <img alt='' src='a'> red, <b>go <img> on</b> <!-- now --> or{0} not <x/>.</p>",
        "<p>The <bm/>mayor spoke<wbr> <a name='x'></a>again with <svg><path/></svg> it.</p>",
    ],
)
def test_echoed_codes_keep_their_place_and_the_spaces_around_them(page: str):
    (result,) = translated(str, page, format="html").texts
    assert result.replace(" ", "") == page.replace(" ", "")
    assert all(f" {code}" in result for code in ("<ph id='1'/>,", "<ph id='2'/> ", "<img> on", "<x/>.") if code in page)


def test_ignored_content_between_words_stays_without_spaces():
    page = "S0012<ign>TAB one</ign>Updated near the <ign>Old Bridge</ign>."
    answer = "S0012 TAB one Mis à jour près du Old Bridge."
    result = translated(lambda _text: answer, page, format="html", tags=TagOptions(ignored=("ign",)))
    assert result.texts == ("S0012<ign>TAB one</ign>Mis à jour près du <ign>Old Bridge</ign>.",)


def test_a_lost_code_is_restored_with_a_warning():
    result = translated(lambda _text: "Appelez vite.", "<p>Call <img> now.</p>", format="html")
    assert "<img>" in result.texts[0]
    assert "placeholder_moved" in kinds(result)
