"""PowerPoint presentations."""

import pytest
from lxml import etree

from summarizer.errors import NotText
from summarizer.files import open_document
from tests.summarizer.files.archives import packed, pptx, unpacked
from tests.summarizer.files.translator import rendered

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FIELD = '<a:fld id="{1}" type="slidenum"><a:rPr lang="en"/><a:t>7</a:t></a:fld>'
SLIDE = (
    '<a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="en" dirty="0"/><a:t>The </a:t></a:r><a:r><a:rPr b="1"/><a:t>old</a:t>'
    '</a:r><a:r><a:rPr lang="en"/><a:t> bridge</a:t></a:r><a:br/><a:r><a:t>is</a:t></a:r><a:r><a:t> closed.</a:t></a:r>'
    f'<a:endParaRPr lang="en"/></a:p><a:tbl><a:p><a:r><a:t>Total\t12</a:t></a:r></a:p></a:tbl><a:p>{FIELD}</a:p><a:p/>'
)


def slide(content: bytes, number: int = 1) -> "etree._Element":
    return etree.fromstring(unpacked(content)[f"ppt/slides/slide{number}.xml"])


def test_formatting_breaks_and_tabs_are_preserved():
    read = open_document("a.pptx", pptx(SLIDE, "<a:p><a:r><a:t>Second slide</a:t></a:r></a:p>"))
    assert read.texts[:2] == ('The <span id="c1">old</span> bridge<br id="c3">is closed.', 'Total<br id="c1">12')
    assert read.texts[-1] == "Second slide"
    written = rendered(read)
    first, table, number, empty = slide(written).iter(f"{A}p")
    assert [etree.QName(child).localname for child in first] == ["pPr", "r", "r", "r", "br", "r", "endParaRPr"]
    runs = [(run.findtext(f"{A}t"), run.find(f"{A}rPr") is not None) for run in first.iter(f"{A}r")]
    assert [text for text, _ in runs] == ["THE ", "OLD", " BRIDGE", "IS CLOSED."]
    bold = [run for run in first.iter(f"{A}r") if run.find(f"{A}rPr[@b]") is not None]
    assert [run.findtext(f"{A}t") for run in bold] == ["OLD"]
    assert "".join(table.itertext()) == "TOTAL\t12"
    assert (number.find(f"{A}fld").get("type"), "".join(number.itertext()), len(empty)) == ("slidenum", "7", 0)
    assert "".join(slide(written, 2).itertext()) == "SECOND SLIDE"


def test_notes_charts_and_diagrams_are_translated_and_other_files_are_unchanged():
    names = ("notesSlides/notesSlide1", "charts/chart2", "diagrams/data1", "slideLayouts/slideLayout1")
    body = f"<x xmlns:a='{A[1:-1]}'><a:p><a:r><a:t>Words</a:t></a:r></a:p></x>"
    content = packed({**unpacked(pptx(SLIDE)), **{f"ppt/{name}.xml": body for name in names}})
    before, after = unpacked(content), unpacked(rendered(open_document("a.pptx", content)))
    assert list(before) == list(after)
    assert [b"WORDS" in after[f"ppt/{name}.xml"] for name in names] == [True, True, True, False]
    changed = {"ppt/slides/slide1.xml", *(f"ppt/{name}.xml" for name in names[:3])}
    assert {name for name in before if before[name] != after[name]} == changed


@pytest.mark.parametrize("content", [b"PK", packed({"word/document.xml": "<a/>"}), pptx("<a:p>")])
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(NotText):
        open_document("a.pptx", content)
