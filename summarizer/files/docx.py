"""Word documents: translates the text of all paragraphs, also in headers, footers, tables and notes."""

import re

from summarizer.files.package import Package, document_of
from summarizer.files.piece import Document, parse_xml
from summarizer.files.runs import RunElements

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
"""The parts of the package with visible text."""

RUNS = RunElements(
    paragraph=f"{W}p",
    run=f"{W}r",
    text=f"{W}t",
    properties=f"{W}rPr",
    paragraph_properties=f"{W}pPr",
    breaks={f"{W}{name}" for name in ("br", "cr", "tab", "ptab")},
    containers={f"{W}{name}" for name in ("hyperlink", "ins", "moveTo", "smartTag", "sdt", "fldSimple")},
    contents=f"{W}sdtContent",
    dropped={f"{W}{name}" for name in ("proofErr", "lastRenderedPageBreak", "softHyphen")},
    invisible={f"{W}{name}" for name in ("lang", "noProof", "rsid")},
    characters={f"{W}noBreakHyphen": "\u2011"},
    text_attributes={"{http://www.w3.org/XML/1998/namespace}space": "preserve"},
)


def docx(content: bytes) -> Document:
    """Reads a Word document. Raises NotText, and TooLong if it is too large when unpacked."""
    package = Package(content, "a Word document")
    roots = {name: parse_xml(data) for name, data in package.files.items() if PARTS.fullmatch(name)}
    if "word/document.xml" not in roots:
        raise package.error("it has no main document part")
    return document_of(package, roots, [one for root in roots.values() for one in RUNS.paragraphs(root)])
