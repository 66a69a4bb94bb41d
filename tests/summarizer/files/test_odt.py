"""OpenDocument texts."""

import zipfile
from io import BytesIO

import pytest
from lxml import etree

from summarizer.errors import NotText
from summarizer.files import open_document
from tests.summarizer.files.archives import PNG, odt, packed, unpacked
from tests.summarizer.files.translator import rendered

T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def written(body: str) -> "etree._Element":
    return etree.fromstring(unpacked(rendered(open_document("a.odt", odt(body))))["content.xml"])


def test_styles_links_and_images_are_preserved():
    image = '<draw:frame draw:name="f"><draw:image href="Pictures/1.png"/></draw:frame>'
    body = (
        '<text:h text:outline-level="1">The bridge</text:h><text:p text:style-name="P1">The <text:span text:style-name='
        f'"B">old</text:span> bridge <text:a href="/map">is <text:span>here</text:span></text:a>{image}.</text:p>'
    )
    read = open_document("a.odt", odt(body, "<text:p>In the header</text:p>"))
    assert read.texts == (
        "The bridge",
        'The <span id="c0">old</span> bridge <span id="c1">is <span id="c2">here</span></span><img id="c3">.',
        "In the header",
    )
    after = rendered(read)
    root = etree.fromstring(unpacked(after)["content.xml"])
    heading, paragraph = root.iter(f"{T}h", f"{T}p")
    assert (heading.text, heading.get(f"{T}outline-level")) == ("THE BRIDGE", "1")
    span, link, frame = paragraph
    assert [(span.text, span.get(f"{T}style-name")), (link.get("href"), link[0].text)] == [
        ("OLD", "B"),
        ("/map", "HERE"),
    ]
    assert (frame[0].get("href"), frame.tail, paragraph.get(f"{T}style-name")) == ("Pictures/1.png", ".", "P1")
    assert b"IN THE HEADER" in unpacked(after)["styles.xml"]


@pytest.mark.parametrize(
    ("body", "text", "translated"),
    [
        ("Main Street 5<text:line-break/>12345 Newtown", 'Main Street 5<br id="c0">12345 Newtown', "NEWTOWN"),
        ("Total<text:tab/>12<text:s text:c='3'/>Tax", 'Total<br id="c0">12<br id="c1">Tax', "TAX"),
        ("One <text:s/>two<text:s/>three", "One  two three", "ONE  TWO THREE"),
        ("<text:s/>Indented", '<br id="c0">Indented', "INDENTED"),
        ("Figure <text:sequence>1</text:sequence>: A", 'Figure <code id="c0">1</code>: A', ": A"),
        ("<text:bookmark/>Here", '<img id="c0">Here', "HERE"),
    ],
)
def test_breaks_tabs_spaces_and_fields(body: str, text: str, translated: str):
    read = open_document("a.odt", odt(f"<text:p>{body}</text:p>"))
    assert read.texts == (text,)
    paragraph = next(written(f"<text:p>{body}</text:p>").iter(f"{T}p"))
    assert "".join(paragraph.itertext()).endswith(translated)
    assert len(paragraph) == text.count("id=")


def test_nested_paragraphs_are_translated_in_place():
    citation, body = (
        "<text:note-citation>1</text:note-citation>",
        "<text:note-body><text:p>A note</text:p></text:note-body>",
    )
    note = f"<text:note>{citation}{body}</text:note>"
    box = "<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>"
    root = written(f"<text:p>Words{note} and{box} more</text:p><text:p>{box}</text:p>")
    assert "".join(root.itertext()) == "WORDS1A NOTE ANDIN A BOX MOREIN A BOX"


def test_comments_and_deleted_text_stay():
    body = (
        "<text:tracked-changes><text:p>Deleted</text:p></text:tracked-changes>"
        "<text:p>Words<office:annotation><text:p>Comment</text:p></office:annotation></text:p>"
    )
    assert "".join(written(body).itertext()) == "DeletedWORDSComment"


def test_other_files_are_unchanged():
    content = odt("<text:p>Words</text:p>")
    before, after = unpacked(content), unpacked(rendered(open_document("a.odt", content)))
    assert list(before) == list(after)
    assert after["Pictures/1.png"] == PNG
    first = zipfile.ZipFile(BytesIO(rendered(open_document("a.odt", content)))).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


@pytest.mark.parametrize("content", [b"PK", packed({"styles.xml": "<a/>"}), odt("<text:p>")])
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(NotText):
        open_document("a.odt", content)
