"""RSS, Atom and JSONL."""

import json

import pytest
from lxml import etree

from summarizer.desk import Source
from summarizer.errors import NotText
from summarizer.files.feeds import LEDE, Annotation, annotations, read_feed, read_jsonl
from summarizer.reading import read

RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
  <channel><title>News</title>
    <item><title>Bridge &amp; river</title><link>https://news.example/1</link><guid>1</guid>
      <description>Short.</description><media:content url="a.jpg"/>
      <content:encoded><![CDATA[<p>The bridge opened.</p>]]></content:encoded></item>
    <item><title>Only a title</title></item>
    <item><guid>3</guid></item>
  </channel>
</rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
  <entry><title>Bridge</title><id>1</id>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">It <b>opened</b>.</div></content></entry>
  <entry><title>River</title><summary>It rose.</summary></entry></feed>"""


def annotate(source: Source) -> Annotation:
    return {"summary": f"About {source.title}", "language": "en", "blurbs": [{"title": "A", "body": "B & C"}] * 2}


def test_an_rss_feed_is_annotated():
    articles = read_feed(RSS)
    assert articles.sources == (
        Source(html="<p>The bridge opened.</p>", title="Bridge & river", fragment=True),
        Source(text="Only a title"),
        None,
    )
    written = articles.write(list(annotations(articles, annotate)))
    first, _, third = etree.fromstring(written).iter("item")
    assert first.findtext(f"{{{LEDE}}}part/{{{LEDE}}}summary") == "About Bridge & river"
    assert [one.findtext(f"{{{LEDE}}}body") for one in first.iter(f"{{{LEDE}}}blurb")] == ["B & C", "B & C"]
    assert third.findtext(f"{{{LEDE}}}part/{{{LEDE}}}error") == "The entry contains no article."
    root = etree.fromstring(written)
    for part in list(root.iter(f"{{{LEDE}}}part")):
        part.getparent().remove(part)
    assert etree.tostring(root, method="c14n2").replace(b" ", b"") == _canonical(RSS)


def _canonical(content: bytes) -> bytes:
    written: bytes = etree.tostring(etree.fromstring(content), method="c14n2")
    return written.replace(b" ", b"")


def test_an_atom_feed_is_annotated():
    articles = read_feed(ATOM)
    first, second = articles.sources
    assert first is not None
    assert first.title == "Bridge"
    assert isinstance(first.html, str)
    assert "It <b>opened</b>." in first.html
    assert second == Source(text="It rose.", title="River")
    written = etree.fromstring(articles.write(list(annotations(articles, annotate))))
    assert [one.text for one in written.iter(f"{{{LEDE}}}summary")] == ["About Bridge", "About River"]


SENTENCE = "The harbour bridge opened on Monday after four months of repairs, the city said."
PARAGRAPH = " ".join([SENTENCE] * 3)


def rss(**elements: str) -> str:
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in elements.items()) + "</item>"


def atom(title: str, summary: str, kind: str) -> str:
    return f"""<entry xmlns="http://www.w3.org/2005/Atom"><title type="{kind}">{title}</title>
        <summary type="{kind}">{summary}</summary></entry>"""


ESCAPED = f"&lt;b&gt;{SENTENCE}&lt;/b&gt; 10&lt;sup&gt;6&lt;/sup&gt;"
XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">One &lt; <b>two</b></div>'


@pytest.mark.parametrize(
    ("entry", "title", "texts"),
    [
        (rss(description=f"&lt;p&gt;{PARAGRAPH}&lt;/p&gt;"), None, [PARAGRAPH]),
        (rss(description=f"It opened.&lt;br/&gt;&lt;br/&gt;{SENTENCE}"), None, ["It opened.", SENTENCE]),
        (rss(title="Fish &amp;amp; chips", description="AT&amp;amp;T &amp;lt; 5"), "Fish & chips", ["AT&T < 5"]),
        (
            atom("Bridge &amp;amp; &lt;i&gt;ferry&lt;/i&gt;", ESCAPED, "html"),
            "Bridge & ferry",
            [f"{SENTENCE} 10⁶"],
        ),
        (atom(XHTML, XHTML, "xhtml"), "One < two", ["One < two"]),
        (atom("3 &lt; 5", "3 &lt; 5 &gt; 4", "text"), "3 < 5", ["3 < 5 > 4"]),
    ],
)
def test_an_entry_is_a_fragment_and_not_a_page(entry: str, title: str | None, texts: list[str]):
    (source,) = read_feed(f"<rss>{entry}</rss>".encode()).sources
    assert source is not None
    article = read(text=source.text, html=source.html, title=source.title, fragment=source.fragment)
    assert article.title == title
    assert [paragraph.text for paragraph in article.paragraphs] == texts
    assert article.removed == ()


@pytest.mark.parametrize("content", [b"<html/>", b"<rss", b""])
def test_a_malformed_feed_is_refused(content: bytes):
    with pytest.raises(NotText):
        read_feed(content)


def test_json_lines_are_annotated():
    rows: list[dict[str, object]] = [
        {"id": 7, "text": "Où ?", "title": "T", "tags": ["a"]},
        {"html": "<p>x</p>", "source_language": "fr"},
        {"id": 8},
        {"text": "a", "html": "b"},
        {"text": 12},
    ]
    content = "\n".join([*(json.dumps(row) for row in rows), "not json", "", "[1]"]).encode()
    articles = read_jsonl(content)
    assert articles.sources[:2] == (Source(text="Où ?", title="T"), Source(html="<p>x</p>", source_language="fr"))
    assert articles.sources[2:] == (None,) * 5
    written = [json.loads(line) for line in articles.write(list(annotations(articles, annotate))).decode().splitlines()]
    assert written[0] == rows[0] | {"lede": annotate(Source(title="T"))}
    assert written[2] == {"id": 8, "lede": {"error": "The entry contains no article."}}
    assert [one.get("line") for one in written[5:]] == ["not json", "[1]"]


@pytest.mark.parametrize("line", [rb'{"text": "a \ud83d"}', rb'{"id": "\udc00", "text": "a"}', b"[" * 100_000])
def test_a_line_that_cannot_be_read_does_not_affect_others(line: bytes):
    articles = read_jsonl(line + b'\r\n{"text": "b"}\n')
    assert articles.sources == (None, Source(text="b"))
    written = [json.loads(row) for row in articles.write(list(annotations(articles, annotate))).splitlines()]
    assert written[0] == {"line": line.decode(), "lede": {"error": "The entry contains no article."}}


def test_other_line_separators_do_not_end_a_line():
    assert read_jsonl('{"text": "a\u2028b\x85c"}'.encode()).sources == (Source(text="a\u2028b\x85c"),)
