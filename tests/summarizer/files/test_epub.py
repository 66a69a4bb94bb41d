"""EPUB books."""

import zipfile
from io import BytesIO

import pytest
from lxml import etree

from summarizer.errors import NotText
from summarizer.files import open_document
from summarizer.translating.formats import parse
from summarizer.translating.passages import join, passages
from tests.summarizer.files.archives import PNG, epub, packed, unpacked

CHAPTER = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang='en'>
<head><title/><script src="a.js"/><link rel="stylesheet" href="../s.css"/></head>
<body><h1 class="t">Opening</h1><p>The <em>old</em> bridge<a id="p1"/> is<br/>closed &amp; empty.</p>
<p><img src="../1.png" alt="A bridge"/></p></body></html>
"""


def written(content: bytes, language: str = "fr") -> dict[str, bytes]:
    """The files of a book whose passages are in capitals."""
    document = open_document("a.epub", content)
    texts = []
    for text in document.texts:
        markup = parse(text, document.format)
        texts.append(join(markup, {one: one.raw.replace("bridge", "BRIDGE") for one in passages(markup)}))
    return unpacked(document.write(texts, language))


def test_chapters_contents_and_title_are_translated():
    document = open_document("a.epub", epub(CHAPTER))
    assert (len(document.texts), document.texts[1:]) == (3, ("Opening", "The bridge"))
    prose = [one.text for one in passages(parse(document.texts[0], "html"))]
    assert prose == ["Opening", "The old bridge is", "closed & empty.", "A bridge"]
    files = unpacked(
        document.write((document.texts[0].replace("Opening", "Début"), "Début &amp; fin", "Le pont"), "fr")
    )
    chapter = etree.fromstring(files["OEBPS/text/chapter 1.xhtml"])
    assert chapter.findtext(".//{*}h1[@class='t']") == "Début"
    assert (chapter.get("lang"), chapter.get("{http://www.w3.org/XML/1998/namespace}lang")) == ("fr", "fr")
    assert etree.fromstring(files["OEBPS/toc.ncx"]).findtext(".//{*}text") == "Début & fin"
    metadata = etree.fromstring(files["OEBPS/book.opf"])[0]
    assert [element.text for element in metadata] == ["Le pont", "Ann Lee", "fr"]


def test_everything_else_is_unchanged():
    before, after = unpacked(epub(CHAPTER, CHAPTER)), written(epub(CHAPTER, CHAPTER), "en")
    assert list(before) == list(after)
    assert after["OEBPS/1.png"] == PNG
    chapter = (
        CHAPTER.replace("bridge", "BRIDGE")
        .replace("<title/>", "<title></title>")
        .replace("xml:lang='en'", 'xml:lang="en"')
    )
    chapter = chapter.replace('<script src="a.js"/>', '<script src="a.js"></script>').replace('"utf-8"', '"UTF-8"')
    assert after["OEBPS/text/chapter 2.xhtml"].decode() == chapter
    content = epub(CHAPTER)
    document = open_document("a.epub", content)
    first = zipfile.ZipFile(BytesIO(document.write(document.texts, "fr"))).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_a_chapter_in_another_encoding_is_written_as_utf_8():
    chapter = CHAPTER.replace("utf-8", "iso-8859-1").replace("old", "café").encode("latin-1")
    files = written(epub(chapter))
    assert "café" in "".join(etree.fromstring(files["OEBPS/text/chapter 1.xhtml"]).itertext())


@pytest.mark.parametrize(
    "content", [b"PK", packed({"a": "b"}), packed({"META-INF/container.xml": "<a"}), epub(b"\x00\xff\xfe\x00")]
)
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(NotText):
        open_document("a.epub", content)
