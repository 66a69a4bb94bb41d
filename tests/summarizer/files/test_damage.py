"""Damaged files are refused, or read as far as they make sense; no other error is raised."""

import pytest

from tests.summarizer.files.archives import epub, odt, pptx
from tests.summarizer.files.damage import SAMPLES, refused
from tests.summarizer.files.test_tmx import TMX
from tests.summarizer.files.test_xliff import XLIFF, XLIFF_1
from tests.summarizer.reading.documents import docx, pdf


@pytest.mark.parametrize(
    ("name", "content", "least"),
    [
        ("a.docx", docx("The bridge", "5 people", heading="Old"), 100),
        ("a.odt", odt("<text:p>The <text:span>old</text:span><text:tab/> bridge.</text:p>"), 100),
        ("a.pptx", pptx("<a:p><a:r><a:t>The old</a:t></a:r><a:br/><a:r><a:t>bridge</a:t></a:r></a:p>"), 100),
        ("a.epub", epub('<html lang="en"><p>The <em>old</em> bridge<br/>is closed.</p></html>'), 100),
        ("a.pdf", pdf([("The old bridge is closed.", 70, 700, 12)]), 20),
        ("a.tmx", TMX, 50),
        ("a.xlf", XLIFF, 50),
        ("a.xlf", XLIFF_1, 50),
    ],
    ids=["docx", "odt", "pptx", "epub", "pdf", "tmx", "xliff 2", "xliff 1.2"],
)
def test_damaged_files(name: str, content: bytes, least: int):
    assert least < refused(name, content) < SAMPLES
