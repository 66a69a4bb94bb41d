"""PDF documents."""

from io import BytesIO

import pytest
from docx import Document as Word

from summarizer.errors import UnreadableDocument
from summarizer.files import open_document, translated_name
from tests.summarizer.files.translator import rendered
from tests.summarizer.reading.documents import pdf

PDF = pdf(
    [("The old bridge over the", 70, 700, 12), ("river is closed.", 70, 686, 12), ("It is 5 km long.", 70, 640, 12)]
)


def test_paragraphs_are_written_as_a_word_document():
    document = open_document("a.pdf", PDF)
    assert (document.texts, document.format) == (
        ("The old bridge over the river is closed.", "It is 5 km long."),
        "text",
    )
    word = Word(BytesIO(rendered(document)))
    assert [one.text for one in word.paragraphs] == ["THE OLD BRIDGE OVER THE RIVER IS CLOSED.", "IT IS 5 KM LONG."]
    assert word.core_properties.language == "fr"


@pytest.mark.parametrize(("language", "right_to_left"), [("ar", 2), ("he", 2), ("fr", 0)])
def test_paragraphs_in_right_to_left_scripts(language: str, right_to_left: int):
    word = Word(BytesIO(rendered(open_document("a.pdf", PDF), language)))
    assert sum("<w:bidi/>" in one._p.xml for one in word.paragraphs) == right_to_left


def test_control_characters_are_removed():
    document = open_document("a.pdf", pdf([("The \x01old bridge", 70, 700, 12)]))
    assert document.texts == ("The old bridge",)
    Word(BytesIO(document.write(["Le \x0bvieux pont"], "fr")))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", PDF[:200]])
def test_a_malformed_file_is_refused(content: bytes):
    with pytest.raises(UnreadableDocument):
        open_document("a.pdf", content)


@pytest.mark.parametrize(("name", "translated"), [("a.b.PDF", "a.b.docx"), ("a.docx", "a.docx"), ("pdf", "pdf")])
def test_the_name_of_a_translated_file(name: str, translated: str):
    assert translated_name(name) == translated
