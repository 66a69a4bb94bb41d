"""HTML: what is translated, and that everything else is preserved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.article import Span
from summarizer.translating.formats.hypertext import parse
from summarizer.translating.passages import Passage, join, passages, plain_text, render


def upper_cased(page: str) -> str:
    """The page with each passage in capitals, and its marks unchanged."""
    markup = parse(page)
    done: dict[Passage, str] = {}
    for passage in reversed(list(passages(markup))):
        places = [Span(mark.start, mark.end) for mark in passage.marks]
        spelt = render(passage, passage.text.upper(), places, done)
        assert spelt is not None
        done[passage] = spelt
    return join(markup, done)


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<p>Hello <b>big</b> world</p>", ["Hello big world"]),
        ("<p>One</p>\n<p>Two</p>", ["One", "Two"]),
        ("<p>One<p>Two<ul><li>Three<li>Four</ul>", ["One", "Two", "Three", "Four"]),
        ("One<br>two<br/>three", ["One", "two", "three"]),
        ("<b>Hello", ["Hello"]),
        ("5 &lt; 6 &amp; caf&eacute;", ["5 < 6 & café"]),
        ("<p>Use <code>npm i</code>.</p>", ["Use npm i."]),
        ('<div translate="no">Not <p>this</p></div><p>this', ["this"]),
        ('<div class="notranslate">Not <p translate=yes>but this</p></div>', ["but this"]),
        ("<script>var a = '<p>no</p>'</script><style>p { color: red }</style><pre>no</pre>", []),
        ("<title>A page</title><textarea>typed</textarea><svg><text>no</text></svg>", ["A page"]),
        ('<img alt="A tram" src="tram.jpg">', ["A tram"]),
        ('<a href="x" title="Tip">go</a>', ["Tip", "go"]),
        ('<input type=submit value="Send"><input value="typed" placeholder="Your name">', ["Send", "Your name"]),
        ('<meta name="description" content="News"><meta name=viewport content="width=1">', ["News"]),
        ("<!-- no --><!doctype html><?php no ?>yes", ["yes"]),
        ("12:30 &nbsp; <b>40</b>", []),
        ("", []),
    ],
)
def test_what_is_translated(page: str, texts: list[str]):
    assert plain_text(parse(page)).split("\n") == (texts or [""])


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a <b class='x'>b <i>c</i></b> d</p>", "<p>A <b class='x'>B <i>C</i></b> D</p>"),
        ("<P ALIGN=left>\n  a\n</P>\n", "<P ALIGN=left>\n  A\n</P>\n"),
        ("<p>a <code>x &lt; <b>y</b></code> b</p>", "<p>A <code>x &lt; <b>y</b></code> B</p>"),
        ("<p>a &amp; b &nbsp; c &copy;</p>", "<p>A &amp; B &nbsp; C &copy;</p>"),
        ("<p>a <!-- note --> b<img src=x>c</p>", "<p>A <!-- note -->B<img src=x>C</p>"),
        ('<img alt=tram title="the &quot;tram&quot;">', '<img alt="TRAM" title="THE &quot;TRAM&quot;">'),
        ("<a href='/?a=1&b=2'><b>all</b></a>", "<a href='/?a=1&b=2'><b>ALL</b></a>"),
        ('<p dir="rtl" lang="ar">a</p>', '<p dir="rtl" lang="ar">A</p>'),
        ("a <b>b <i>c</b> d</i> e", "A <b>B <i>C</b> D</i> E"),
        ("a </b> b </> c", "A </b>B </>C"),
        ("a < b", "A &lt; B"),
        ('<a title="one" data-x=\'title="no"\'>b</a>', '<a title="ONE" data-x=\'title="no"\'>B</a>'),
    ],
)
def test_everything_else_is_preserved(page: str, expected: str):
    assert upper_cased(page) == expected


TAGS = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<p>",
        "</p>",
        "<br>",
        "<img/>",
        "<code>",
        "</code>",
        "<a>",
        "</a>",
        "<li>",
        "</li>",
        "<td>",
        "</table>",
        "<script>",
        "</script>",
        "<svg/>",
        "</svg>",
        "<!--",
        "-->",
        "<!doctype>",
        "<span",
        "translate=no>",
        "</span>",
        "<x-y>",
        "<title>",
        "</title>",
        "&amp;",
        "&nbsp;",
        "&bogus",
        "<",
        ">",
        '"',
        "'",
        "=",
        "a",
        "b",
    ]
)


@given(st.lists(TAGS | st.text(max_size=6), max_size=30).map(" ".join) | st.text(max_size=80))
def test_any_page_is_reproduced_without_an_error(page: str):
    markup = parse(page)
    assert join(markup, {}) == page
    upper_cased(page)


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", '<a b="', "<b>", "</b>", "<b></i>", "&", "<![CDATA[", "<code>", "<p><b>a"]
)
def test_a_hostile_page_takes_linear_time(piece: str):
    page = piece * 5_000
    assert join(parse(page), {}) == page
