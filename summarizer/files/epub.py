"""EPUB books: translates their chapters as HTML, their table of contents and their title."""

from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import regex
from lxml import etree

from summarizer.files.package import Package
from summarizer.files.piece import Document, from_html, parse_xml, serialize_xml, to_html
from summarizer.reading.charset import decode
from summarizer.translating.formats.tags import RAW_TEXT

_CONTAINER = "META-INF/container.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = frozenset({"application/xhtml+xml", "text/html"})
_CONTENTS = frozenset({"application/x-dtbncx+xml"})
_ENCODING = regex.compile(r"""(<\?xml\b[^>]*?\bencoding\s*=\s*["'])[^"']+""")
_ROOT = regex.compile(r"<html\b[^>]*>")
_LANGUAGE = regex.compile(r"""(\blang\s*=\s*)(?:"[^"]*"|'[^']*')""")
_EMPTY = regex.compile(rf"""<({"|".join(sorted(RAW_TEXT))})\b((?:[^<>"'/]|/(?!>)|"[^"]*"|'[^']*')*+)/>""")


def epub(content: bytes) -> Document:
    """Reads a book. Raises NotText, and TooLong if it is too large when unpacked."""
    package = Package(content, "an EPUB book")
    book_name = _book_name(package)
    book = parse_xml(package.files[book_name])
    pages = {name: _page(package.files[name]) for name in _names(package, book_name, book, _PAGES)}
    roots = {name: parse_xml(package.files[name]) for name in _names(package, book_name, book, _CONTENTS)}
    labels = [label for root in (*roots.values(), book) for label in _labels(root)]

    def write(texts: Sequence[str], language: str) -> bytes:
        changed = {name: _in_language(text, language).encode() for name, text in zip(pages, texts, strict=False)}
        for label, text in zip(labels, texts[len(pages) :], strict=True):
            label.text = "".join(part for part in from_html(text) if isinstance(part, str))
        for stated in book.iter(f"{_DC}language"):
            stated.text = language
        changed |= {name: serialize_xml(root) for name, root in (*roots.items(), (book_name, book))}
        return package.pack(changed)

    return Document((*pages.values(), *(to_html([label.text]) for label in labels)), "html", write)


def _book_name(package: Package) -> str:
    """The name of the package document, which lists the files of the book."""
    container = parse_xml(package.files.get(_CONTAINER, b"<container/>"))
    names = [file.get("full-path") for file in container.iter("{*}rootfile")]
    if not names or names[0] not in package.files:
        raise package.error("it has no package document")
    return str(names[0])


def _names(package: Package, book_name: str, book: "etree._Element", types: frozenset[str]) -> Iterator[str]:
    """Yields the names of the files of some media types, once each."""
    hrefs = [item.get("href", "") for item in book.iter("{*}item") if item.get("media-type") in types]
    names = dict.fromkeys(normpath(join(dirname(book_name), unquote(href))) for href in hrefs)
    yield from (name for name in names if name in package.files)


def _page(data: bytes) -> str:
    """A chapter as HTML: elements that HTML does not close by a slash have an end tag."""
    return str(_EMPTY.sub(r"<\1\2></\1>", decode(data)))


def _labels(root: "etree._Element") -> Iterator["etree._Element"]:
    yield from (label for label in root.iter("{*}text", f"{_DC}title") if label.text and label.text.strip())


def _in_language(page: str, language: str) -> str:
    """A chapter with its language, and with the encoding in which it is written."""
    stated = _ROOT.sub(lambda root: _LANGUAGE.sub(rf'\1"{language}"', root[0]), page, count=1)
    return str(_ENCODING.sub(r"\1UTF-8", stated, count=1))
