"""Translation: prompts, repairs of the model's answers, and what must never be lost."""

import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.structure import preserves, read_cases
from models.engines.fake import FakeEngine, echo
from models.protocol import Text
from models.settings import ModelSettings
from summarizer.checking.translation_issues import TranslationIssue, translation_issues
from summarizer.desk import Desk
from summarizer.editions import Translation
from summarizer.options import TextFormat, TranslationOptions
from summarizer.translating import candidates
from summarizer.translating.placeholders import find_placeholders
from tests.desk import FIGURES, FRENCH, LEAD, pool

FRUIT = {
    "The mayor opened the new bridge on Monday.": "Le maire a ouvert le nouveau pont lundi.",
    "the new bridge": "le nouveau pont",
    "mayor": "maire",
    "Read the report here.": "Lisez le rapport ici.",
    "here": "ici",
    "A tram": "Un tramway",
}


def translated(answer: Callable[[str], str], *texts: str, **options: Any) -> Translation:
    """Translates English texts into French with a model that answers like this."""
    engine = FakeEngine(answer=lambda prompt: answer(echo(prompt)), window=2048)
    desk = Desk(pool(engine), ModelSettings(model="test/desk", preload=False))
    try:
        translation_options = TranslationOptions(**options)
        return desk.translate(texts, "fr", options=translation_options, source_language="en").translations[0]
    finally:
        desk.close()


def known(text: str) -> str:
    return FRUIT.get(text, text)


def kinds(result: Translation) -> list[str]:
    return [warning.kind for warning in result.warnings]


# Markup


def test_inline_tags_enclose_the_corresponding_words():
    page = '<p>The <b>mayor</b> opened <a href="/b?x=1&amp;y=2">the new bridge</a> on Monday.</p>'
    result = translated(known, page, format="html")
    assert result.texts == ('<p>Le <b>maire</b> a ouvert <a href="/b?x=1&amp;y=2">le nouveau pont</a> lundi.</p>',)
    assert kinds(result) == []


def test_markdown_keeps_its_structure():
    text = "# Read the report [here](http://x.org).\n\n* The **mayor** opened the new bridge on Monday.\n"
    result = translated(known, text, format="markdown")
    assert result.texts == (
        "# Lisez le rapport [ici](http://x.org).\n\n* Le **maire** a ouvert le nouveau pont lundi.\n",
    )


def test_attributes_that_readers_see_are_translated():
    result = translated(known, '<img src="a.jpg" alt="A tram">', format="html")
    assert result.texts == ('<img src="a.jpg" alt="Un tramway">',)


def test_a_translation_is_escaped():
    result = translated(
        lambda _text: "Le maire <script>alert(1)</script> & co", "<p>The mayor spoke.</p>", format="html"
    )
    assert result.texts == ("<p>Le maire &lt;script&gt;alert(1)&lt;/script&gt; &amp; co</p>",)


# What stays


TOKENS = "Write to press@example.org or @desk about {name} by 5 EUR 🎉 at https://example.org/a_b."


@pytest.mark.parametrize(
    "answer",
    [
        lambda text: text.replace("Write", "Écrivez"),
        lambda _text: "Écrivez-nous.",
        lambda _text: "",
        lambda text: re.sub(r"[@{}]", " ", text),
        lambda text: " ".join(reversed(text.split())),
    ],
    ids=["preserved", "dropped", "empty", "damaged", "reversed"],
)
def test_no_placeholder_is_ever_lost(answer: Callable[[str], str]):
    (text,) = translated(answer, TOKENS).texts
    for span in find_placeholders(TOKENS):
        assert TOKENS[span.start : span.end] in text


def test_a_placeholder_with_a_guessed_position_is_reported():
    assert "placeholder_moved" in kinds(
        translated(lambda _text: "Écrivez-nous sans tarder.", "Write to {name} without delay.")
    )


def test_a_placeholder_that_the_model_damages_is_retried_as_a_code():
    prompts: list[str] = []

    def answer(text: str) -> str:
        prompts.append(text)
        return "Bonjour [[0]], entrez." if "[[0]]" in text else "Bonjour, entrez."

    result = translated(answer, "Hello {name}, come in.")
    assert result.texts == ("Bonjour {name}, entrez.",)
    assert kinds(result) == []
    assert "Hello [[0]], come in." in prompts


def test_terms_to_keep_are_not_translated():
    result = translated(
        lambda text: text.replace("Desk says", "Le bureau dit"), "Desk says no to Lede Desk.", keep=["Lede Desk"]
    )
    assert "Lede Desk" in result.texts[0]


# A glossary


def test_a_glossary_is_part_of_the_prompt():
    engine = FakeEngine(answer=lambda _prompt: "Deux parlementaires ont parlé.", window=2048)
    options = TranslationOptions(glossary=(("lawmaker", "parlementaire"), ("judge", "juge")))
    desk = Desk(pool(engine), ModelSettings(model="test/desk", preload=False))
    result = desk.translate("Two lawmakers spoke.", "fr", options=options, source_language="en").translations[0]
    desk.close()
    (notes, text) = [piece.text for piece in engine.prompts[0].pieces if isinstance(piece, Text)]
    assert notes == "Use these translations: “lawmaker” = “parlementaire”. "
    assert text == "Two lawmakers spoke."
    assert result.texts == ("Deux parlementaires ont parlé.",)
    assert kinds(result) == []


def test_a_term_that_the_model_translates_differently_is_replaced():
    french = {"The mayor spoke.": "Le maire a parlé.", "mayor": "maire"}
    result = translated(
        lambda text: french.get(text, "Le maire a parlé."), "The mayor spoke.", glossary=(("mayor", "bourgmestre"),)
    )
    assert result.texts == ("Le bourgmestre a parlé.",)


def test_a_missing_glossary_term_is_reported():
    result = translated(
        lambda _text: "Quelqu'un a pris la parole.", "The mayor spoke.", glossary=(("mayor", "bourgmestre"),)
    )
    assert kinds(result) == ["glossary_term_missing"]
    assert "bourgmestre" in result.warnings[0].message


# Sentences


def test_sentence_pairs_have_their_warnings():
    result = translated(lambda text: FRENCH.get(text, "").replace("40", "14"), f"{LEAD} {FIGURES}", "42")
    (lead, figures), (number,) = result.sentences
    assert (lead.source, lead.target, lead.warnings) == (LEAD, FRENCH[LEAD], ())
    assert [warning.kind for warning in figures.warnings] == ["numbers_differ"]
    assert (number.source, number.target) == ("42", "42")
    assert kinds(result) == ["numbers_differ"]


def test_a_wrong_number_is_repaired_by_translating_clause_by_clause():
    french = {"He has 40 dogs,": "Il a 40 chiens,", "and 20 cats.": "et 20 chats."}
    result = translated(lambda text: french.get(text, "Il a 14 chiens et 20 chats."), "He has 40 dogs, and 20 cats.")
    assert result.texts == ("Il a 40 chiens, et 20 chats.",)
    assert kinds(result) == []


@pytest.mark.parametrize(
    "answer",
    [
        "Here is the translation:\n\nLe maire a parlé.",
        "Translation: Le maire a parlé.",
        "« Le maire a parlé. »",
        "Le maire a parlé. (Note: the mayor is not named.)",
        "Le maire a parlé.\n\nNote: this is a literal translation.",
        "Voici la traduction : Le maire a parlé.",
    ],
)
def test_preambles_and_remarks_are_removed(answer: str):
    result = translated(lambda _text: answer, "The mayor spoke.")
    assert result.texts == ("Le maire a parlé.",)
    assert kinds(result) == []


def test_capitals_are_translated_in_title_case_and_restored():
    french = {"Allies Vow To Fight On": "Les alliés promettent de se battre"}
    assert translated(lambda text: french.get(text, text), "ALLIES VOW TO FIGHT ON").texts == (
        "LES ALLIÉS PROMETTENT DE SE BATTRE",
    )


def test_title_case_that_is_not_translated_is_retried_in_sentence_case():
    french = {"Allies vow to step up their fight": "Les alliés promettent d'intensifier la lutte"}
    result = translated(lambda text: french.get(text, text), "Allies Vow to Step Up Their Fight")
    assert result.texts == ("Les alliés promettent d'intensifier la lutte",)
    assert kinds(result) == []


@pytest.mark.parametrize(
    "text", ["🎉🎉 👍", "12:30", "https://example.org/only", "{placeholder}", "&nbsp;", "   \n\n "]
)
def test_text_without_words_is_not_sent_to_the_model(text: str):
    def answer(_text: str) -> str:
        raise AssertionError

    assert translated(answer, text, "5").texts[0] == text


def test_empty_items_stay_empty():
    assert translated(known, "", "A tram", " \n").texts == ("", "Un tramway", " \n")


# Whatever comes


class _Tree(HTMLParser):
    """The tags of a page, each with its ancestors."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.tags: list[tuple[str, ...]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.path.append(f"{tag}{sorted(map(str, attrs))}")
        self.tags.append(tuple(self.path))

    def handle_endtag(self, tag: str) -> None:
        self.path.pop()


def tree(page: str) -> list[tuple[str, ...]]:
    parser = _Tree()
    parser.feed(page)
    assert parser.path == []
    return sorted(parser.tags)


WORDS = st.sampled_from(
    ["The mayor spoke.", "Read", "the report", "https://x.org", "{name}", "40 EUR", "&amp;", "a < b", "5"]
)


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def wrap(name: str, attribute: str, inside: Iterable[str]) -> str:
        return f"<{name}{attribute}>{' '.join(inside)}</{name}>"

    names = st.sampled_from(["b", "i", "a", "span", "code", "em", "sub"])
    attributes = st.sampled_from(["", ' class="x"', ' translate="no"', ' href="/?a=1&amp;b=2"'])
    return st.builds(wrap, names, attributes, st.lists(children, max_size=4))


INLINE = st.recursive(WORDS.map(lambda word: word.replace("<", "&lt;")), element, max_leaves=8)
ANSWERS = st.sampled_from(
    [
        lambda text: text,
        lambda text: " ".join(reversed(text.split())),
        lambda _text: "",
        lambda _text: "Le maire a parlé à 14 heures <b>.",
        lambda text: text.upper() * 3,
    ]
)


def test_a_restored_placeholder_replaces_no_other_words():
    page = "<p>The mayor spoke. <code></code> https://x.org</p>"
    (result,) = translated(lambda _text: "Le maire a parlé à 14 heures.", page, format="html").texts
    assert all(word in result for word in ("Le maire a parlé", "heures", "https://x.org", "<code></code>"))


@settings(deadline=None, max_examples=40)
@given(st.lists(INLINE, min_size=1, max_size=4).map(" ".join), ANSWERS)
def test_any_tree_keeps_its_tags_and_placeholders(inline: str, answer: Callable[[str], str]):
    page = f"<div><p>{inline}</p><ul><li>Read it</li></ul></div>"
    (result,) = translated(answer, page, format="html").texts
    assert tree(result) == tree(page)
    for token in ("https://x.org", "{name}", "40 EUR"):
        assert result.count(token) >= page.count(token)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.sampled_from(["text", "html", "markdown"]), ANSWERS)
def test_no_text_raises_an_error(text: str, text_format: TextFormat, answer: Callable[[str], str]):
    assert len(translated(answer, text.replace("\0", ""), "Read it.", format=text_format).texts) == 2


# The cases of benchmarks/structure.py, with a model that only shouts: whatever it writes, these stay


@pytest.mark.parametrize("kind", ["html", "markdown"])
def test_the_benchmark_cases_keep_their_structure(kind: TextFormat):
    rows = read_cases()[kind]
    result = translated(lambda text: f"{text} oui", *(row["text"] for row in rows), format=kind)
    broken = [
        (row["text"], text)
        for row, text in zip(rows, result.texts, strict=True)
        if not preserves(kind, row, text, "fr")
    ]
    assert broken == []


def test_an_unrepaired_translation_is_checked_once(monkeypatch: pytest.MonkeyPatch):
    checked: list[str] = []

    def counted(source: str, *rest: str) -> Iterator[TranslationIssue]:
        checked.append(source)
        return translation_issues(source, *rest)

    monkeypatch.setattr(candidates, "translation_issues", counted)
    assert kinds(translated(lambda text: FRENCH.get(text, text), f"{LEAD} {FIGURES}")) == []
    assert checked == [LEAD, FIGURES]
