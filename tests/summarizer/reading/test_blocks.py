"""The blocks of a page: what a reader sees apart is apart, and nothing is lost."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from summarizer.article import Kind
from summarizer.reading import read
from summarizer.reading.documents import convert
from summarizer.reading.html import extract_fragment
from tests.summarizer.reading.test_html import PROSE

FLAT = "<html><body><h1>Harbour bridge reopens</h1><p>{0}</p>{body}<p>{1}</p><p>{2}</p></body></html>"
NESTED = (
    "<html><body><nav><a href='/'>Home</a></nav><main><article class='story'><h1>Harbour bridge reopens</h1><p>{0}</p>"
    "{body}<p>{1}</p><p>{2}</p></article></main><footer><p>Terms of use</p></footer></body></html>"
)


def between(page: str, body: str) -> list[str]:
    """Returns the paragraphs that the article of a page has besides its prose."""
    paragraphs = [paragraph.text for paragraph in read(html=page.format(*PROSE, body=body)).paragraphs]
    assert [text for text in paragraphs if text in PROSE] == PROSE
    return [text for text in paragraphs if text not in PROSE]


@pytest.mark.parametrize("page", [FLAT, NESTED])
@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<p>Main Street 5<br>12345 Newtown<br>Phone 555</p>", ["Main Street 5\n12345 Newtown\nPhone 555"]),
        ("<p>One boat came.<br><br>Two left.</p>", ["One boat came.", "Two left."]),
        (
            "<table><tr><th>Party</th><th>Seats</th></tr><tr><td>Greens</td><td>12</td></tr></table>",
            ["Party\tSeats", "Greens\t12"],
        ),
        ("<table><tbody><tr><td><p>Ferries</p></td><td><p>3</p></td></tr></tbody></table>", ["Ferries\t3"]),
        ("<p>He called it bad, <code>x=1</code> too.</p>", ["He called it bad, x=1 too."]),
        ("<p>She said: <q>Never again</q> and left.</p>", ["She said: “Never again” and left."]),
        ("<p>The EU said <time>today</time> that it will act.</p>", ["The EU said today that it will act."]),
        ("<ul><li>First point<ul><li>Sub</li></ul></li></ul>", ["First point", "Sub"]),
        (
            "<ol><li><p>Stop here</p><ol><li>Wait<ul><li>Long</li></ul>on</li></ol></li></ol>",
            ["Stop here", "Wait", "Long", "on"],
        ),
        ("<ul><li>Bread</li><li>Milk</li></ul>", ["Bread", "Milk"]),
        ("<section>Bare text in a section.</section>", ["Bare text in a section."]),
        ("<details><summary>Cost</summary>Two pounds a day.</details>", ["Cost", "Two pounds a day."]),
        ("Bare text between paragraphs.", ["Bare text between paragraphs."]),
        ("<figure><blockquote>The mayor was glad.</blockquote></figure>", ["The mayor was glad."]),
        ("<dl><dt>Toll</dt><dd>Two pounds.</dd></dl>", ["Toll", "Two pounds."]),
        ("<p>The fine is <del>40</del> 50 euros in 2020<sup>1</sup>.</p>", ["The fine is 50 euros in 2020."]),
    ],
)  # fmt: skip
def test_text_between_paragraphs_is_in_the_article(page: str, body: str, texts: list[str]) -> None:
    assert between(page, body) == texts


def test_what_is_removed_from_a_page_is_reported_in_place() -> None:
    body = "<p>The fine is <del>40</del> 50 euros in 2020<sup>1</sup>.</p><figcaption>The quay</figcaption>"
    article = read(html=NESTED.format(*PROSE, body=body))
    assert {one.text: one.reason for one in article.removed} == {
        "Home": "navigation", "Harbour bridge reopens": "repeated headline", "40": "struck-out text",
        "1": "footnote mark", "The quay": "caption", "Terms of use": "page footer",
    }  # fmt: skip
    spans = [(one.span, one.text) for one in article.paragraphs] + [(one.span, one.text) for one in article.removed]
    assert all(article.source[span.start : span.end] == text for span, text in spans)
    assert "The fine is 50 euros in 2020.\n\nEngineers" in article.text


def test_a_year_in_the_text_is_not_the_date_of_a_page() -> None:
    assert read(html=FLAT.format(*PROSE, body="<p>It was closed in 2020 for a week.</p>")).date is None


def test_cells_of_a_layout_table_are_paragraphs() -> None:
    markup = f"<table><tr><td><p>{PROSE[0]}</p><p>{PROSE[1]}</p></td><td>Menu</td></tr></table>"
    assert [block.text for block in extract_fragment(markup).blocks] == [*PROSE[:2], "Menu"]


def test_invisible_text_is_not_in_the_article() -> None:
    markup = (
        "<p>Shown<script>var a</script><style>p {}</style> words.</p><template>t</template><p hidden>Not shown.</p>"
    )
    blocks = extract_fragment(markup).blocks
    assert [(block.text, block.reason) for block in blocks] == [("Shown words.", ""), ("Not shown.", "hidden")]


@pytest.mark.parametrize(
    ("markdown", "texts"),
    [
        ("- a thing\n  - sub thing\n- another thing", ["- a thing", "- sub thing", "- another thing"]),
        (
            "1. First the ferries stop.\n   - They stop at noon.\n2. Then the buses.",
            ["1. First the ferries stop.", "- They stop at noon.", "2. Then the buses."],
        ),
        ("4. four\n\n   more\n\n5. five", ["4. four", "more", "5. five"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n~~bad~~ good  \nline", ["a\tb", "1\t2", "good\nline"]),
    ],
)
def test_markdown_keeps_all_items_in_order(markdown: str, texts: list[str]) -> None:
    blocks = extract_fragment(convert(markdown.encode(), "md")).blocks
    assert [block.text for block in blocks if not block.reason] == texts
    assert all(block.kind is Kind.LIST_ITEM for block in blocks if block.text[:2] in ("- ", "1."))


INLINE = (
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "font", "ins", "kbd", "label", "mark", "q", "ruby", "s",
    "small", "span", "strong", "sub", "sup", "time", "u", "var", "x-custom",
)  # fmt: skip
BLOCK = (
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h2", "h4", "header", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "th", "tr", "ul", "unknown",
)  # fmt: skip


def _element(tags: tuple[str, ...], content: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.builds(
        lambda tag, inner: f"<{tag}>{' '.join(inner)}</{tag}>", st.sampled_from(tags), st.lists(content, max_size=3)
    )


MARKUP = st.recursive(
    st.sampled_from(["word", "word word", "word<br>word", "word<br><br>word"]),
    lambda inner: _element(BLOCK, inner) | _element(INLINE, inner),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MARKUP, min_size=1, max_size=5).map(" ".join), st.sampled_from([FLAT, NESTED]))
def test_every_visible_word_is_in_the_paragraphs_or_removed_with_a_reason(body: str, page: str) -> None:
    numbers = iter(range(1000))
    numbered = re.sub(r"\bword\b", lambda _: f"word{next(numbers)}", body)
    article = read(html=page.format(*PROSE, body=numbered))
    assert all(one.reason for one in article.removed)
    returned = " ".join([one.text for one in article.paragraphs] + [one.text for one in article.removed])
    assert sorted(re.findall(r"word\d+", returned)) == sorted(re.findall(r"word\d+", numbered))
    assert set(re.findall(r"\w+", " ".join(PROSE))) <= set(re.findall(r"\w+", returned))
