"""Extracts the text of Word, PDF and Markdown documents. Unlike a web page, a document is all article.

Runs in a separate process (see worker.py), since a malicious document can take unbounded time and memory.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Literal, TypeAlias

DocumentType: TypeAlias = Literal["md", "docx", "pdf"]

BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "pre")


def extract_text(document: bytes, kind: DocumentType) -> str:
    """Returns the paragraphs of the document, separated by empty lines.

    Raises NotText for Markdown in an unknown charset, UnreadableDocument for a password-protected document, and any
    exception of the parsing libraries for a malformed one.
    """
    return _READERS[kind](document)


def _markdown(document: bytes) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded on first use

    from summarizer.reading.charset import decode  # noqa: PLC0415

    return _plain(MarkdownIt("commonmark").enable("table").render(decode(document)))


def _word(document: bytes) -> str:
    import mammoth  # noqa: PLC0415 - loaded on first use

    return _plain(mammoth.convert_to_html(BytesIO(document), convert_image=lambda _image: []).value)


def _pdf(document: bytes) -> str:
    from summarizer.reading import pdf  # noqa: PLC0415 - loaded on first use

    return pdf.extract_text(document)


_READERS: dict[DocumentType, Callable[[bytes], str]] = {"md": _markdown, "docx": _word, "pdf": _pdf}


def _plain(markup: str) -> str:
    """The blocks of well-formed markup as paragraphs; list items start with a dash."""
    from lxml import html  # noqa: PLC0415 - loaded on first use

    tree = html.fragment_fromstring(markup, create_parent="div")
    return "\n\n".join(_blocks(tree))


def _blocks(tree: Any) -> Iterator[str]:
    for block in tree.iter(*BLOCKS):
        if next(block.iterdescendants(*BLOCKS), None) is None and (text := " ".join(block.text_content().split())):
            is_item = block.tag == "li" or (block.tag == "p" and block.getparent().tag == "li")
            yield f"- {text}" if is_item else text
