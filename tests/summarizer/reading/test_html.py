import contextlib
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer.article import Kind
from summarizer.errors import BadInput, EmptyText, LedeError, NoArticleFound, TooComplex, TooLong
from summarizer.reading import read, worker

PROSE = [
    "The harbour bridge reopened on Monday after four months of repairs that cost 2.4 million pounds, it was said.",
    "Engineers replaced 300 metres of railing and found more rust than they had expected, according to Mr. Grey.",
    "A second phase will begin in spring and close one lane for six weeks, the harbour master told the council.",
]
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Harbour bridge reopens | The Post</title>
<meta property="og:title" content="Harbour bridge reopens"><meta name="author" content="Jane Fielding">
<meta property="article:published_time" content="2024-03-12T08:00:00Z"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Harbour bridge reopens</h1><p>{PROSE[0]}</p><h2>Rust and rails</h2><p>{PROSE[1]}</p>
<ul><li>One lane stays closed at night.</li><li>Buses use the old road.</li></ul>
<blockquote><p>We are glad to have it back after such a long and cold winter, said Ann Moss.</p></blockquote>
<p>Read more: Why the old ferry still runs</p><p>{PROSE[2]}</p></article>
<footer><p>Terms of use</p></footer></body></html>"""


def test_an_article_is_extracted_from_a_page() -> None:
    article = read(html=PAGE, url="https://news.example/bridge")
    assert (article.title, article.byline, article.date) == ("Harbour bridge reopens", "Jane Fielding", "2024-03-12")
    assert [p.text for p in article.paragraphs if p.kind is Kind.PROSE] == PROSE
    assert [p.text for p in article.paragraphs if p.kind is Kind.HEADING] == ["Rust and rails"]
    assert len([p for p in article.paragraphs if p.kind is Kind.LIST_ITEM]) == 2
    assert [p.kind for p in article.paragraphs].count(Kind.QUOTE) == 1
    assert ("Read more: Why the old ferry still runs", "link to another article") in [
        (one.text, one.reason) for one in article.removed
    ]
    assert all(article.source[p.span.start : p.span.end] == p.text for p in article.paragraphs)


def test_the_callers_title_wins() -> None:
    assert read(html=PAGE, title="Ours").title == "Ours"


def test_the_charset_of_a_page_is_detected() -> None:
    page = "<html><head><meta charset='windows-1251'><title>Мост</title></head><body><article>" + (
        "<p>Городской совет сообщил в понедельник, что мост через реку будет закрыт ещё один месяц.</p>" * 1
        + "<p>Движение пойдёт по старой дороге, а автобусы изменят маршрут, сказали в администрации.</p>"
        + "<p>Работы стоили дороже, чем ожидали, потому что инженеры нашли много ржавчины.</p></article></body></html>"
    )
    article = read(html=page.encode("cp1251"))
    assert article.language == "ru"
    assert article.paragraphs[0].text.startswith("Городской совет")


def test_a_lead_between_headline_and_body_is_extracted() -> None:
    lead = "The city's oldest bridge is open again, and those who live beside it could not be happier about that."
    page = PAGE.replace("</h1>", f"</h1><div class='summary'>{lead}</div>")
    assert lead in [p.text for p in read(html=page).paragraphs]


@pytest.mark.parametrize("page", ["", "  ", b""])
def test_an_empty_page_is_refused(page: str | bytes) -> None:
    with pytest.raises(EmptyText):
        read(html=page)


def test_a_page_without_an_article_is_refused_with_statistics() -> None:
    links = "".join(f'<li><a href="/{n}">Link {n}</a></li>' for n in range(30))
    with pytest.raises(NoArticleFound, match="30 links"):
        read(html=f"<html><body><ul>{links}</ul></body></html>")


def test_exactly_one_input_is_required() -> None:
    both: dict[str, Any] = {"text": "a", "html": "b"}
    for arguments in ({}, both):
        with pytest.raises(BadInput, match="exactly one"):
            read(**arguments)


def test_a_page_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLong, match="5,000,000"):
        read(html="a" * 5_000_001)


HOSTILE = {
    "deep": "<div>" * 100_000 + "text",
    "attributes": "<p " + " ".join(f'a{n}="x"' for n in range(150_000)) + ">Text.</p>",
    "entities": "<!DOCTYPE x [<!ENTITY b0 'aaaa'>"
    + "".join(f"<!ENTITY b{n} '&b{n - 1};&b{n - 1};&b{n - 1};'>" for n in range(1, 40))
    + "]><p>&b39;</p>",
    "links": '<a href="http://a.example/b">link text</a> ' * 40_000,
    "brackets": "<" * 500_000,
    "tables": "<table><tr><td>" * 20_000,
    "comments": "<!--" * 100_000,
    "json": '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_is_refused_in_time(page: str) -> None:
    started = time.monotonic()
    with pytest.raises((NoArticleFound, TooComplex)):
        worker_read(page, seconds=3)
    assert time.monotonic() - started < 5


def worker_read(page: str, seconds: float) -> None:
    if not worker.read_page(page, seconds=seconds).blocks:
        raise NoArticleFound("nothing")


def test_the_page_after_a_timeout_is_read() -> None:
    with pytest.raises(TooComplex):
        worker.read_page(HOSTILE["attributes"], seconds=0.5)
    assert read(html=PAGE).title == "Harbour bridge reopens"


def test_a_process_is_replaced_after_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    worker.close()
    monkeypatch.setattr(worker, "MAX_PAGES", 2)
    processes = []
    start = worker.ReaderProcess.__init__

    def counted(self: worker.ReaderProcess) -> None:
        processes.append(self)
        start(self)

    monkeypatch.setattr(worker.ReaderProcess, "__init__", counted)
    for _ in range(4):
        read(html=PAGE)
    assert len(processes) == 2


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"<html><body><p>{text}</p></body></html>")
    )
)
def test_any_bytes_give_an_article_or_a_lede_error(page: str | bytes) -> None:
    started = time.monotonic()
    with contextlib.suppress(LedeError):
        assert read(html=page).paragraphs
    assert time.monotonic() - started < worker.SECONDS + 1
