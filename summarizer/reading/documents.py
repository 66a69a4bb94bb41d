"""The text of documents: Word, PDF and Markdown. All of it is the article's: nothing stands round it as in a page.

Runs in a process of its own (see worker.py): a document can be built to take any amount of time and memory.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Literal, TypeAlias

DocumentType: TypeAlias = Literal["md", "docx", "pdf"]

BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "pre")


def extract_text(document: bytes, kind: DocumentType) -> str:
    """The document's paragraphs, parted by empty lines.

    Raises NotText for Markdown in no charset, UnreadableDocument for what needs a password, and whatever the libraries
    raise for a document that is none.
    """
    return _READERS[kind](document)


def _markdown(document: bytes) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - loaded when it is used

    from summarizer.reading.charset import decode  # noqa: PLC0415

    return _plain(MarkdownIt("commonmark").enable("table").render(decode(document)))


def _word(document: bytes) -> str:
    import mammoth  # noqa: PLC0415 - loaded when it is used

    return _plain(mammoth.convert_to_html(BytesIO(document), convert_image=lambda _image: []).value)


def _pdf(document: bytes) -> str:
    from summarizer.reading import pdf  # noqa: PLC0415 - loaded when it is used

    return pdf.extract_text(document)


_READERS: dict[DocumentType, Callable[[bytes], str]] = {"md": _markdown, "docx": _word, "pdf": _pdf}


def _plain(markup: str) -> str:
    """The blocks of clean markup as paragraphs; entries of lists keep a mark."""
    from lxml import html  # noqa: PLC0415 - loaded when it is used

    tree = html.fragment_fromstring(markup, create_parent="div")
    return "\n\n".join(_blocks(tree))


def _blocks(tree: Any) -> Iterator[str]:
    for block in tree.iter(*BLOCKS):
        if next(block.iterdescendants(*BLOCKS), None) is None and (text := " ".join(block.text_content().split())):
            listed = block.tag == "li" or (block.tag == "p" and block.getparent().tag == "li")
            yield f"- {text}" if listed else text
