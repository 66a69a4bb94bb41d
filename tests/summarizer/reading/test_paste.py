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
    """A page as it was selected, and the lines of it that are the article."""
    lines = PASTES[language]["text"].strip().split("\n")
    article = [line.removeprefix("= ") for line in lines if line.startswith("= ")]
    return "\n".join(line.removeprefix("= ") for line in lines), article


@pytest.mark.parametrize("language", PASTES)
def test_a_pasted_page_is_reduced_to_its_article(language: str) -> None:
    page, article = pasted(language)
    assert [paragraph.text for paragraph in extract_article(page).paragraphs] == article


@pytest.mark.parametrize("language", PASTES)
def test_every_removed_line_has_a_reason(language: str) -> None:
    page, _ = pasted(language)
    found = read(text=page)
    told = [*(one.text for one in found.paragraphs), *(one.text for one in found.removed), found.title]
    assert sorted(line for line in page.split("\n") if line.strip()) == sorted(filter(None, told))
    assert all(one.reason for one in found.removed)
    spans = [(one.span, one.text) for one in found.paragraphs] + [(one.span, one.text) for one in found.removed]
    assert all(page[span.start : span.end] == text for span, text in spans)


def test_title_byline_and_date_are_extracted() -> None:
    found = extract_article(pasted("en")[0])
    assert found.title == "Harbour bridge reopens after winter repairs"
    assert (found.byline, found.date) == ("By Jane Fielding", "3 hours ago")


def test_reasons_name_the_kind_of_line() -> None:
    why = {one.text: one.reason for one in extract_article(pasted("en")[0]).removed}
    assert why["Accept all"] == "page interface"
    assert why["Read more: Why the old ferry still runs"] == "link to another article"
    assert why["A cyclist crosses the harbour bridge on Monday morning. Photo: Tom Reed/AFP"] == "caption with a credit"
    assert why["Ferry fares to rise in April"] == "outside the article"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_clean_text_is_returned_unchanged(ending: str) -> None:
    text = CLEAN.replace("\n", ending)
    found = read(text=text)
    assert found.text == text
    assert not found.removed
    assert [p.kind for p in found.paragraphs] == [
        Kind.HEADING,
        Kind.PROSE,
        Kind.PROSE,
        Kind.LIST_ITEM,
        Kind.LIST_ITEM,
        Kind.QUOTE,
    ]


def test_a_player_in_clean_text_is_removed() -> None:
    found = extract_article(
        "The minister spoke on Monday about the new law.\n\n0:00 0:00:40 0:00\n\nHe left at noon.\n"
    )
    assert [one.text for one in found.removed] == ["0:00 0:00:40 0:00"]


def test_a_repeated_caption_is_removed() -> None:
    page, article = pasted("en")
    caption = "The mayor opens the harbour bridge in the rain, with her two sons beside her."
    doubled = page.replace(article[1], f"{caption}\n{caption}\n{article[1]}")
    found = extract_article(doubled)
    assert [p.text for p in found.paragraphs] == article
    assert [r.reason for r in found.removed if r.text == caption] == ["repeated line", "repeated line"]


def test_wrapped_lines_are_one_paragraph() -> None:
    text = (
        "The harbour bridge reopened on Monday after four months of repairs that\n"
        "cost 2.4 million pounds, the council said in a short statement that it\n"
        "published in the evening. Engineers replaced 300 metres of railing and\n"
        "found more rust than they had expected.\n\nThe second phase begins in spring."
    )
    found = read(text=text)
    assert [len(p.text.split("\n")) for p in found.paragraphs] == [4, 1]
    assert found.text == text


@given(st.text(max_size=400))
def test_no_line_of_any_text_is_reported_twice(text: str) -> None:
    found = extract_article(text)
    taken = sorted([*(p.span.start for p in found.paragraphs), *(r.span.start for r in found.removed)])
    assert len(taken) == len(set(taken))
    assert all(text[p.span.start : p.span.end] == p.text for p in found.paragraphs)


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
    page, article = pasted("en")
    found = extract_article(page.replace(article[1], f"{article[1]}\n{prose}"))
    assert prose in [paragraph.text for paragraph in found.paragraphs]


def test_a_text_of_links_alone_is_retained() -> None:
    links = "\n".join(f"Link number {n}" for n in range(20))
    assert read(text=links).text == links
