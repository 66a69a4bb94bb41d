"""What of a page is its article: short paragraphs among links, structured data, captions and related links."""

import json

import pytest

from summarizer.errors import NoArticleFound
from summarizer.reading import read
from tests.summarizer.reading.test_html import PROSE

SENTENCES = [
    "The bridge opened again on Monday morning.",
    "It had been closed since the storm in January.",
    "Mayor Ann Moss cut the ribbon at nine.",
    "“We are glad,” she told the crowd on the quay.",
    "The repairs cost two million pounds, the council said.",
    "Engineers replaced 300 metres of railing.",
    "Buses use the bridge from Tuesday.",
    "A second phase begins in spring, when one lane will be closed.",
]
LINKS = "".join(f'<li><a href="/{n}">Story number {n} of the paper today</a></li>' for n in range(300))


def portal(body: str, head: str = "") -> str:
    """Returns a page with 600 links around the body."""
    return f"""<html><head><title>Post</title>{head}</head><body><div><ul>{LINKS}</ul></div>{body}
        <div><ul>{LINKS}</ul></div><div>Post Ltd</div></body></html>"""


def json_ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def story(element: str) -> str:
    return "<div><h1>Bridge opens</h1>" + "".join(f"<{element}>{text}</{element}>" for text in SENTENCES) + "</div>"


@pytest.mark.parametrize(
    "body",
    [
        story("p"),
        story("div"),
        f"<div><h1>Bridge opens</h1>{'<br><br>'.join(SENTENCES)}</div>",
        f"<table><tr><td>{story('p')}</td><td>Advertisement</td></tr></table>",
    ],
)
def test_an_article_of_short_paragraphs_among_600_links_is_found(body: str) -> None:
    assert [paragraph.text for paragraph in read(html=portal(body)).paragraphs] == SENTENCES


def test_an_index_page_with_teasers_has_no_article() -> None:
    teasers = "".join(f'<div><h3><a href="/{n}">{text}</a></h3><p>{text}</p></div>' for n, text in enumerate(SENTENCES))
    with pytest.raises(NoArticleFound, match="608 links"):
        read(html=portal(teasers))


def test_the_article_body_of_structured_data_says_what_the_article_is() -> None:
    opinion = "Readers wrote hundreds of letters, and most are unkind."
    story = "".join(f"<p>{text}</p>" for text in PROSE)
    page = f"<html><head>%s</head><body><div><h1>Bridge</h1>{story}<div><p>{opinion}</p></div></div></body></html>"
    assert [one.text for one in read(html=page % "").paragraphs] == [*PROSE, opinion]
    graph = json_ld(**{"@graph": [{"articleBody": " ".join(PROSE)}, {"articleBody": "Short."}]})
    article = read(html=page % graph)
    assert [one.text for one in article.paragraphs] == PROSE
    assert (opinion, "outside the article") in [(one.text, one.reason) for one in article.removed]


def test_an_article_that_only_structured_data_contains_is_read() -> None:
    head = json_ld(headline="Bridge opens", datePublished="2024-03-12T08:00:00Z", articleBody="\n\n".join(PROSE))
    article = read(html=f"<html><head>{head}</head><body><div id='app'>Loading</div></body></html>")
    assert [one.text for one in article.paragraphs] == PROSE
    assert [(one.text, one.reason) for one in article.removed] == [("Loading", "outside the article")]
    assert (article.title, article.date) == ("Bridge opens", "2024-03-12")


@pytest.mark.parametrize("script", ["[" * 100_000, "{", '{"articleBody": 5}', ""])
def test_malformed_structured_data_is_ignored(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    article = read(html=f"<html><head>{head}</head><body><p>{'</p><p>'.join(PROSE)}</p></body></html>")
    assert [one.text for one in article.paragraphs] == PROSE


def test_the_metadata_of_open_graph_are_read() -> None:
    head = """<title>Bridge | Post</title><meta property="og:title" content="Bridge opens">
        <meta property="article:published_time" content="2024-03-12T08:00:00Z">"""
    article = read(html=portal(story("p"), head))
    assert (article.title, article.date) == ("Bridge opens", "2024-03-12")


def test_captions_and_links_to_other_articles_are_removed() -> None:
    extra = """<figure><img src="a.jpg"><figcaption>The quay at noon.</figcaption></figure>
        <p><a href="/2">Why the old ferry still runs</a></p>"""
    body = f"<article><h1>Bridge</h1><p>{PROSE[0]}</p>{extra}<p>{PROSE[1]}</p><p>{PROSE[2]}</p></article>"
    article = read(html=f"<html><body>{body}</body></html>")
    assert [one.text for one in article.paragraphs] == PROSE
    assert [(one.text, one.reason) for one in article.removed][-2:] == [
        ("The quay at noon.", "caption"),
        ("Why the old ferry still runs", "list of links"),
    ]
