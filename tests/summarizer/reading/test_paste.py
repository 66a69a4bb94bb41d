import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Kind
from summarizer.reading import read
from summarizer.reading.paste import extract_article

PASTES = tomllib.loads(Path(__file__).with_name("pastes.toml").read_text("utf-8"))

CLEAN = (
    "Harbour bridge reopens\n\nThe bridge reopened on Monday.\nEngineers had found rust, they said.\n\n"
    "- one lane\n- a path\n\n> It was time.\n"
)


def pasted(language: str) -> tuple[str, list[str]]:
    """Returns a pasted page, and the lines that are its article."""
    lines = PASTES[language]["text"].strip().split("\n")
    article = [line.removeprefix("= ") for line in lines if line.startswith("= ")]
    return "\n".join(line.removeprefix("= ") for line in lines), article


@pytest.mark.parametrize("language", PASTES)
def test_a_pasted_page_is_reduced_to_its_article(language: str) -> None:
    page, expected = pasted(language)
    assert [paragraph.text for paragraph in extract_article(page).paragraphs] == expected


@pytest.mark.parametrize("language", PASTES)
def test_every_removed_line_has_a_reason(language: str) -> None:
    page, _ = pasted(language)
    article = read(text=page)
    reported = [*(one.text for one in article.paragraphs), *(one.text for one in article.removed), article.title]
    assert sorted(line for line in page.split("\n") if line.strip()) == sorted(filter(None, reported))
    assert all(one.reason for one in article.removed)
    spans = [(one.span, one.text) for one in article.paragraphs] + [(one.span, one.text) for one in article.removed]
    assert all(page[span.start : span.end] == text for span, text in spans)


def test_title_byline_and_date_are_extracted() -> None:
    article = extract_article(pasted("en")[0])
    assert article.title == "Harbour bridge reopens after winter repairs"
    assert (article.byline, article.date) == ("By Jane Fielding", "3 hours ago")


def test_reasons_name_the_kind_of_line() -> None:
    reasons = {one.text: one.reason for one in extract_article(pasted("en")[0]).removed}
    assert reasons["Accept all"] == "page interface"
    assert reasons["Read more: Why the old ferry still runs"] == "link to another article"
    assert (
        reasons["A cyclist crosses the harbour bridge on Monday morning. Photo: Tom Reed/AFP"]
        == "caption with a credit"
    )
    assert reasons["Ferry fares to rise in April"] == "outside the article"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_clean_text_is_returned_unchanged(ending: str) -> None:
    text = CLEAN.replace("\n", ending)
    article = read(text=text)
    assert article.text == text
    assert not article.removed
    assert [p.kind for p in article.paragraphs] == [
        Kind.HEADING,
        Kind.PROSE,
        Kind.PROSE,
        Kind.LIST_ITEM,
        Kind.LIST_ITEM,
        Kind.QUOTE,
    ]


def test_a_player_in_clean_text_is_removed() -> None:
    article = extract_article(
        "The minister spoke on Monday about the new law.\n\n0:00 0:00:40 0:00\n\nHe left at noon.\n"
    )
    assert [one.text for one in article.removed] == ["0:00 0:00:40 0:00"]


def test_a_repeated_caption_is_removed() -> None:
    page, expected = pasted("en")
    caption = "The mayor opens the harbour bridge in the rain, with her two sons beside her."
    doubled = page.replace(expected[1], f"{caption}\n{caption}\n{expected[1]}")
    article = extract_article(doubled)
    assert [p.text for p in article.paragraphs] == expected
    assert [r.reason for r in article.removed if r.text == caption] == ["repeated line", "repeated line"]


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "The harbour bridge reopened on Monday after four months of repairs that\n"
        "cost 2.4 million pounds, the council said in a short statement that it\n"
        "published in the evening. Engineers replaced 300 metres of railing and\n"
        "found more rust than they had expected.\n\nThe second phase begins in spring."
    )
    article = read(text=text)
    assert [len(p.text.split("\n")) for p in article.paragraphs] == [4, 1]
    assert article.text == text


@given(st.text(max_size=400))
def test_no_line_of_any_text_is_reported_twice(text: str) -> None:
    article = extract_article(text)
    starts = sorted([*(p.span.start for p in article.paragraphs), *(r.span.start for r in article.removed)])
    assert len(starts) == len(set(starts))
    assert all(text[p.span.start : p.span.end] == p.text for p in article.paragraphs)


@pytest.mark.parametrize(
    "prose",
    [
        "Browsers will stop sending third-party cookies to advertisers next year, the company said.",
        "Der Sprecher bestätigte am Montag, dass die Brücke gesperrt bleibt. (dpa)",
        "She named one source: “The mayor himself told me so on Monday morning.”",
        "Watch towers stood along the river until the flood of 1953 took them.",
        "Comments by the mayor on Monday had angered the people who live beside the bridge.",
        "Recibe el alta el ciclista que cayó al río desde el puente del puerto.",
    ],
)
def test_prose_that_resembles_page_elements_is_retained(prose: str) -> None:
    page, expected = pasted("en")
    article = extract_article(page.replace(expected[1], f"{expected[1]}\n{prose}"))
    assert prose in [paragraph.text for paragraph in article.paragraphs]


def test_a_text_of_links_alone_is_retained() -> None:
    links = "\n".join(f"Link number {n}" for n in range(20))
    assert read(text=links).text == links
