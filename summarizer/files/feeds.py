"""Reads the articles of RSS, Atom and JSON Lines files, and writes annotations into the files.

Each entry of a feed, and each line of a JSON Lines file, is unchanged except for the added annotation.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from summarizer.desk import Source
from summarizer.errors import NotText
from summarizer.files.piece import parse_xml, serialize_xml
from summarizer.reading.charset import decode
from summarizer.surrogates import check_text

LEDE = "urn:lede:feed:1"
"""The XML namespace of annotations in a feed."""

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"

Annotation = dict[str, Any]
"""An annotation of an article: `summary`, `title`, `body`, `language`, `error`, or a list of these as `blurbs`."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")

_TEXTS = (CONTENT, f"{ATOM}content", "description", f"{RSS1}description", f"{ATOM}summary")
"""Elements with the text of an entry, the most complete first."""


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """The articles of a file, None for entries without one, and a function that writes the annotated file."""

    sources: tuple[Source | None, ...]
    write: Callable[[Sequence[Annotation]], bytes]

    @property
    def characters(self) -> int:
        """The total length of the articles in characters."""
        return sum(len(source.text or source.html or "") for source in self.sources if source)


def read_feed(content: bytes) -> ArticleFile:
    """Reads an RSS or Atom feed; annotations become `part` elements of the entries. Raises NotText."""
    root = parse_xml(content)
    entries = [*root.iter("item"), *root.iter(f"{RSS1}item"), *root.iter(f"{ATOM}entry")]
    if not entries and root.tag not in {"rss", f"{ATOM}feed"}:
        raise NotText("The file is neither an RSS nor an Atom feed.", "Send the XML file of a feed.")

    def write(all_annotations: Sequence[Annotation]) -> bytes:
        for entry, annotation in zip(entries, all_annotations, strict=True):
            _add(entry, "part", annotation)
        etree.cleanup_namespaces(root, top_nsmap={"lede": LEDE}, keep_ns_prefixes=[key for key in root.nsmap if key])
        return serialize_xml(root)

    return ArticleFile(tuple(_article(entry) for entry in entries), write)


def _article(entry: "etree._Element") -> Source | None:
    title = _plain(_text(entry, "title", f"{ATOM}title", f"{RSS1}title"))
    content = _text(entry, *_TEXTS)
    if not content:
        return Source(text=title) if title else None
    if _TAG.search(content):
        return Source(html=content, title=title, fragment=True)
    return Source(text=unescape(content), title=title)


def _plain(content: str | None) -> str | None:
    """The text of a title, which may be escaped markup."""
    if content is None or not (_TAG.search(content) or "&" in content):
        return content
    return " ".join(lxml_html.fromstring(f"<div>{content}</div>").text_content().split()) or None


def _text(entry: "etree._Element", *names: str) -> str | None:
    for name in names:
        element = entry.find(name)
        if element is not None:
            inner = "".join(etree.tostring(child, encoding="unicode") for child in element)
            if text := ((element.text or "") + inner).strip():
                return text
    return None


def _add(parent: "etree._Element", name: str, value: Any) -> None:
    """Adds a value as an element, a list as one element per item, and a mapping with its fields as children."""
    for one in value if isinstance(value, list) else [value]:
        element = etree.SubElement(parent, f"{{{LEDE}}}{name.removesuffix('s') if isinstance(value, list) else name}")
        if isinstance(one, dict):
            for field, inner in one.items():
                _add(element, field, inner)
        else:
            element.text = str(one)


def read_jsonl(content: bytes) -> ArticleFile:
    """Reads JSON Lines: objects with `text` or `html`, and optionally `title` and `source_language`. Raises NotText.

    Annotations are added as the field `lede`; for a malformed line they contain an error.
    """
    # Not `splitlines`: JSON strings may contain other line separators, such as U+2028.
    rows = [line.strip() for line in decode(content, None).split("\n") if line.strip()]
    records = [_record(row) for row in rows]

    def write(all_annotations: Sequence[Annotation]) -> bytes:
        annotated = (
            record | {"lede": annotation} if record else {"line": row, "lede": annotation}
            for row, record, annotation in zip(rows, records, all_annotations, strict=True)
        )
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in annotated).encode()

    return ArticleFile(tuple(_source(record) for record in records), write)


def _record(row: str) -> dict[str, Any]:
    try:
        record = json.loads(row)
        check_text(record)
    except (ValueError, RecursionError, NotText):
        return {}
    return record if isinstance(record, dict) else {}


def _source(record: dict[str, Any]) -> Source | None:
    fields = {name: record.get(name) for name in ("text", "html", "title", "source_language")}
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if ("text" in texts) == ("html" in texts):
        return None
    return Source(
        text=texts.get("text"),
        html=texts.get("html"),
        title=texts.get("title"),
        source_language=texts.get("source_language"),
    )


ARTICLE_FILES: dict[str, Callable[[bytes], ArticleFile]] = {
    ".atom": read_feed,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".rss": read_feed,
    ".xml": read_feed,
}
"""Readers of article files, by extension."""


def annotations(articles: ArticleFile, annotate: Callable[[Source], Annotation]) -> Iterator[Annotation]:
    """Yields the annotation of each article by `annotate`, and an error for each entry without an article."""
    for source in articles.sources:
        yield {"error": "The entry contains no article."} if source is None else annotate(source)
