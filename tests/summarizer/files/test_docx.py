"""Word documents."""

import io
import random
import zipfile

import pytest
from docx import Document as Word
from docx.shared import Pt
from lxml import etree

from summarizer.errors import LedeError, NotText, TooLong
from summarizer.files import docx, open_document
from summarizer.files import package as package_module
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
    assert 'Left<br id="c1">Right' in read.texts
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


@pytest.mark.parametrize(
    ("runs", "text", "written"),
    [
        (
            (
                "<w:r><w:t>Main Street 5</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>12345 Newtown</w:t></w:r>"
                "<w:r><w:br/></w:r><w:r><w:t>Phone 555</w:t></w:r>"
            ),
            'Main Street 5<br id="c1">12345 Newtown<br id="c3">Phone 555',
            "MAIN STREET 5\n12345 NEWTOWN\nPHONE 555",
        ),
        (
            "<w:r><w:t>Line one</w:t><w:br/><w:t>line two</w:t><w:tab/><w:t>after tab</w:t></w:r>",
            'Line one<br id="c1">line two<br id="c3">after tab',
            "LINE ONE\nLINE TWO\tAFTER TAB",
        ),
        (
            "<w:r><w:t>Total\t12</w:t><w:cr/><w:t>Tax</w:t><w:ptab/><w:t>3</w:t></w:r>",
            'Total<br id="c1">12<br id="c3">Tax<br id="c5">3',
            "TOTAL\t12\nTAX\t3",
        ),
        (
            (
                '<w:hyperlink w:anchor="a"><w:r><w:t>the</w:t><w:br/><w:t>map</w:t></w:r></w:hyperlink><w:r><w:t> 5'
                "</w:t></w:r>"
            ),
            '<span id="c0">the<br id="c2">map</span> 5',
            "THE\nMAP 5",
        ),
        (
            "<w:r><w:t>co</w:t><w:softHyphen/><w:t>operate 1914</w:t><w:noBreakHyphen/><w:t>18</w:t></w:r>",
            "cooperate 1914\u201118",
            "COOPERATE 1914\u201118",
        ),
    ],
)
def test_breaks_and_tabs_part_words(runs: str, text: str, written: str):
    read = open_document("a.docx", package(paragraph(runs)))
    assert read.texts == (text,)
    assert visible(rendered(read)) == written


def test_formats_inside_a_link_are_preserved():
    bold = "<w:rPr><w:b/></w:rPr>"
    link = f'<w:hyperlink w:anchor="a"><w:r><w:t>the big </w:t></w:r><w:r>{bold}<w:t>map</w:t></w:r></w:hyperlink>'
    read = open_document("a.docx", package(paragraph(f"<w:r><w:t>See </w:t></w:r>{link}")))
    assert read.texts == ('See <span id="c1">the big <span id="c3">map</span></span>',)
    written = main_part(rendered(read))
    assert f'{bold}<w:t xml:space="preserve">MAP</w:t></w:r></w:hyperlink></w:p>' in written


def test_a_text_box_next_to_text_in_one_run_is_translated():
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></w:pict>"
    read = open_document("a.docx", package(paragraph(f"<w:r><w:t>Before</w:t>{box}<w:t>after</w:t></w:r>")))
    assert visible(rendered(read)) == "BEFOREIN THE BOXAFTER"


def test_a_link_still_encloses_its_words():
    runs = (
        "<w:r><w:t>See </w:t></w:r>"
        '<w:hyperlink w:anchor="a"><w:r><w:rPr><w:u w:val="single"/></w:rPr><w:t>the map</w:t></w:r></w:hyperlink>'
        "<w:r><w:t>.</w:t></w:r>"
    )
    read = open_document("a.docx", package(paragraph(runs)))
    assert read.texts == ('See <span id="c1">the map</span>.',)
    written = main_part(rendered(read))
    assert '<w:hyperlink w:anchor="a"><w:r><w:rPr><w:u w:val="single"/></w:rPr>' in written
    assert ">THE MAP</w:t></w:r></w:hyperlink>" in written


def paragraph(runs: str) -> bytes:
    return f'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{runs}</w:p>'.encode()


def main_part(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


def visible(content: bytes) -> str:
    """The text of the main part, with its breaks and tabs."""
    elements = etree.fromstring(main_part(content).encode()).iter()
    signs = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t"}
    return "".join(signs.get(etree.QName(element).localname, element.text or "") for element in elements)


def package(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", body)
    return out.getvalue()


@pytest.mark.parametrize("content", [b"PK", b"", package(b"<w"), b"PK\x05\x06" + b"\0" * 18])
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(NotText):
        open_document("a.docx", content)


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_is_refused_or_read(document: bytes, seed: int):
    """Of 150 copies with one to four changed bytes, about 45 used to raise `zlib.error`."""
    changes, refused = random.Random(seed), 0
    for _ in range(50):
        damaged = bytearray(document)
        for _ in range(changes.randint(1, 4)):
            damaged[changes.randrange(len(damaged))] = changes.randrange(256)
        try:
            rendered(open_document("a.docx", bytes(damaged)))
        except LedeError:
            refused += 1
    assert refused > 25


def test_a_damaged_compressed_stream_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w>" + "text " * 1000)
    damaged = bytearray(out.getvalue())
    damaged[48:56] = b"\xff" * 8  # after the local header of 30 bytes and the name of 17
    with pytest.raises(NotText, match="not a Word document"):
        open_document("a.docx", bytes(damaged))


def test_a_document_that_is_too_large_when_unpacked_is_refused(document: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(package_module, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(TooLong):
        open_document("a.docx", document)
