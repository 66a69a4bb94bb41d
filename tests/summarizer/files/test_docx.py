"""Word documents."""

import io
import zipfile

import pytest
from docx import Document as Word
from docx.shared import Pt

from summarizer.errors import NotText, TooLong
from summarizer.files import docx, open_document
from tests.summarizer.files.translator import rendered


@pytest.fixture
def document() -> bytes:
    """A document by python-docx with a heading, formatted text, a table, a header and a tab."""
    word = Word()
    word.core_properties.title = "Bridge"
    word.add_heading("The bridge", 1)
    paragraph = word.add_paragraph("The ")
    paragraph.add_run("old").bold = True
    paragraph.add_run(" bridge is ")
    paragraph.add_run("closed")
    paragraph.add_run(".")
    tabbed = word.add_paragraph()
    tabbed.add_run("Left\tRight")
    word.add_paragraph()
    cell = word.add_table(1, 2).cell(0, 0)
    cell.text = "In a cell"
    word.sections[0].header.paragraphs[0].text = "In the header"
    big = word.add_paragraph().add_run("Big")
    big.font.size = Pt(30)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_formatting_is_preserved(document: bytes):
    read = open_document("a.docx", document)
    assert 'The <span id="c1">old</span> bridge is closed.' in read.texts
    assert 'Left<img id="c1">Right' in read.texts
    written = Word(io.BytesIO(rendered(read)))
    heading, prose, tabbed, empty, big = written.paragraphs
    assert (heading.text, heading.style.name if heading.style else "") == ("THE BRIDGE", "Heading 1")
    assert [(run.text, bool(run.bold)) for run in prose.runs] == [
        ("THE ", False),
        ("OLD", True),
        (" BRIDGE IS CLOSED.", False),
    ]
    assert (tabbed.text, empty.text) == ("LEFT\tRIGHT", "")
    assert big.runs[0].font.size == Pt(30)
    assert written.tables[0].cell(0, 0).text == "IN A CELL"
    assert written.sections[0].header.paragraphs[0].text == "IN THE HEADER"
    assert written.core_properties.title == "Bridge"


def test_word_order_may_change(document: bytes):
    read = open_document("a.docx", document)
    texts = ['<span id="c1">Ancien</span>, le pont est fermé.' if "old" in text else text for text in read.texts]
    prose = Word(io.BytesIO(read.write(texts, "fr"))).paragraphs[1]
    assert [(run.text, bool(run.bold)) for run in prose.runs] == [("Ancien", True), (", le pont est fermé.", False)]


def test_other_files_of_the_package_are_unchanged(document: bytes):
    before = zipfile.ZipFile(io.BytesIO(document))
    after = zipfile.ZipFile(io.BytesIO(rendered(open_document("a.docx", document))))
    assert before.namelist() == after.namelist()
    assert all(before.read(name) == after.read(name) for name in before.namelist() if not docx.PARTS.fullmatch(name))


def test_a_link_still_encloses_its_words():
    body = (
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:t>See </w:t></w:r>'
        '<w:hyperlink w:anchor="a"><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>the map</w:t></w:r></w:hyperlink>'
        "<w:r><w:t>.</w:t></w:r></w:p>"
    )
    read = open_document("a.docx", package(body.encode()))
    assert read.texts == ('See <span id="c1">the map</span>.',)
    written = zipfile.ZipFile(io.BytesIO(rendered(read))).read("word/document.xml").decode()
    assert '<w:hyperlink w:anchor="a"><w:r><w:rPr><w:u w:val="single"/></w:rPr>' in written
    assert ">THE MAP</w:t></w:r></w:hyperlink>" in written


def package(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", body)
    return out.getvalue()


@pytest.mark.parametrize("content", [b"PK", b"", package(b"<w"), b"PK\x05\x06" + b"\0" * 18])
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(NotText):
        open_document("a.docx", content)


def test_a_document_that_is_too_large_when_unpacked_is_refused(document: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(docx, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(TooLong):
        open_document("a.docx", document)
