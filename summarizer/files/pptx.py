"""PowerPoint presentations: translates the paragraphs of slides, tables, charts, diagrams and notes."""

import re

from summarizer.files.package import Package, document_of
from summarizer.files.piece import Document, parse_xml
from summarizer.files.runs import RunElements

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

PARTS = re.compile(r"ppt/(slides/slide|notesSlides/notesSlide|charts/chart|diagrams/(data|drawing))\d*\.xml")
"""The parts of the package with visible text."""

RUNS = RunElements(
    paragraph=f"{A}p",
    run=f"{A}r",
    text=f"{A}t",
    properties=f"{A}rPr",
    paragraph_properties=f"{A}pPr",
    breaks={f"{A}br"},
    invisible={"lang", "altLang", "dirty", "err", "noProof", "smtClean"},
    paragraph_end=f"{A}endParaRPr",
)


def pptx(content: bytes) -> Document:
    """Reads a presentation. Raises NotText, and TooLong if it is too large when unpacked."""
    package = Package(content, "a PowerPoint presentation")
    if "ppt/presentation.xml" not in package.files:
        raise package.error("it has no presentation part")
    roots = {name: parse_xml(data) for name, data in package.files.items() if PARTS.fullmatch(name)}
    return document_of(package, roots, [one for root in roots.values() for one in RUNS.paragraphs(root)])
