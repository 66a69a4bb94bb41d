"""Converts Word and Markdown documents to HTML, and PDF documents to text.

Runs in a separate process (see worker.py), since a malicious document can take unbounded time and memory.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Literal, TypeAlias

DocumentType: TypeAlias = Literal["md", "docx", "pdf"]


def convert(document: bytes, kind: DocumentType) -> str:
    """Returns a Markdown or Word document as HTML, and a PDF as paragraphs separated by empty lines.

    Raises NotText for Markdown in an unknown charset, UnreadableDocument for a password-protected document, and any
    exception of the parsing libraries for a malformed one.
    """
    return _READERS[kind](document)


def _markdown(document: bytes) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded on first use

    from summarizer.reading.charset import decode  # noqa: PLC0415

    return _with_list_marks(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(decode(document)))


def _word(document: bytes) -> str:
    import mammoth  # noqa: PLC0415 - loaded on first use

    return _with_list_marks(mammoth.convert_to_html(BytesIO(document), convert_image=lambda _image: []).value)


def _pdf(document: bytes) -> str:
    from summarizer.reading import pdf  # noqa: PLC0415 - loaded on first use

    return pdf.extract_text(document)


_READERS: dict[DocumentType, Callable[[bytes], str]] = {"md": _markdown, "docx": _word, "pdf": _pdf}


def _with_list_marks(markup: str) -> str:
    """The markup with a dash or a number before the text of each list item."""
    from lxml import etree, html  # noqa: PLC0415 - loaded on first use

    tree = html.fragment_fromstring(markup, create_parent="div")
    for items in tree.iter("ul", "ol"):
        first = int(items.get("start") or 1)
        for number, item in enumerate(items.iterchildren("li"), first):
            paragraph = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
            paragraph.text = (
                f"{number}. " * (items.tag == "ol") + "- " * (items.tag == "ul") + (paragraph.text or "").lstrip()
            )
    return str(etree.tostring(tree, encoding="unicode", method="html"))
