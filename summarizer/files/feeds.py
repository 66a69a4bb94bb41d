"""RSS, Atom and JSONL: articles go out one by one, and come back with what was written about them.

Nothing is taken away: each entry of a feed, and each line of a dump, stays as it was, with one more part.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from summarizer.desk import Source
from summarizer.errors import NotText
from summarizer.files.piece import parse_xml, serialize_xml
from summarizer.reading.charset import decode

LEDE = "urn:lede:feed:1"
"""The namespace of what is added to a feed."""

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"

Annotation = dict[str, Any]
"""What is said of an article: `summary`, `title`, `body`, `language`, `error`; a list of such under `blurbs`."""

_TEXTS = (CONTENT, f"{ATOM}content", "description", f"{RSS1}description", f"{ATOM}summary")
"""Where an entry's article stands, the fullest first."""


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """The articles of a file, None for what is none, and what makes a file of the parts said of each."""

    sources: tuple[Source | None, ...]
    write: Callable[[Sequence[Annotation]], bytes]

    @property
    def characters(self) -> int:
        """How long the articles are."""
        return sum(len(source.text or source.html or "") for source in self.sources if source)


def read_feed(content: bytes) -> ArticleFile:
    """An RSS or Atom feed; each entry gets a `part` element. Raises NotText."""
    root = parse_xml(content)
    entries = [*root.iter("item"), *root.iter(f"{RSS1}item"), *root.iter(f"{ATOM}entry")]
    if not entries and root.tag not in {"rss", f"{ATOM}feed"}:
        raise NotText("The file is neither an RSS nor an Atom feed.", "Give a feed's own file.")

    def write(parts: Sequence[Annotation]) -> bytes:
        for entry, part in zip(entries, parts, strict=True):
            _add(entry, "part", part)
        etree.cleanup_namespaces(root, top_nsmap={"lede": LEDE}, keep_ns_prefixes=[key for key in root.nsmap if key])
        return serialize_xml(root)

    return ArticleFile(tuple(_article(entry) for entry in entries), write)


def _article(entry: "etree._Element") -> Source | None:
    title = _text(entry, "title", f"{ATOM}title", f"{RSS1}title")
    words = _text(entry, *_TEXTS)
    if not words:
        return Source(text=title) if title else None
    return Source(html=words, title=title) if "<" in words else Source(text=words, title=title)


def _text(entry: "etree._Element", *names: str) -> str | None:
    for name in names:
        found = entry.find(name)
        if found is not None:
            inner = "".join(etree.tostring(child, encoding="unicode") for child in found)
            if text := ((found.text or "") + inner).strip():
                return text
    return None


def _add(parent: "etree._Element", name: str, value: Any) -> None:
    """A value as elements: of a list, one each; of a table, its fields inside."""
    for one in value if isinstance(value, list) else [value]:
        element = etree.SubElement(parent, f"{{{LEDE}}}{name.removesuffix('s') if isinstance(value, list) else name}")
        if isinstance(one, dict):
            for field, inner in one.items():
                _add(element, field, inner)
        else:
            element.text = str(one)


def read_jsonl(content: bytes) -> ArticleFile:
    """JSON, an object a line with `text` or `html`, and perhaps `title` and `source_language`. Raises NotText.

    What was said of each stands in its `lede`; a line that is no such object has its fault there.
    """
    rows = [line for line in decode(content, None).splitlines() if line.strip()]
    records = [_record(row) for row in rows]

    def write(parts: Sequence[Annotation]) -> bytes:
        done = (
            record | {"lede": part} if record else {"line": row, "lede": part}
            for row, record, part in zip(rows, records, parts, strict=True)
        )
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in done).encode()

    return ArticleFile(tuple(_source(record) for record in records), write)


def _record(row: str) -> dict[str, Any]:
    try:
        found = json.loads(row)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _source(record: dict[str, Any]) -> Source | None:
    given = {name: record.get(name) for name in ("text", "html", "title", "source_language")}
    texts = {name: value for name, value in given.items() if isinstance(value, str)}
    if ("text" in texts) == ("html" in texts):
        return None
    return Source(**texts)


ARTICLE_FILES: dict[str, Callable[[bytes], ArticleFile]] = {
    ".atom": read_feed,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".rss": read_feed,
    ".xml": read_feed,
}
"""Files of articles, by the ends of their names."""


def annotations(articles: ArticleFile, say: Callable[[Source], Annotation]) -> Iterator[Annotation]:
    """What `say` says of each article; of what is none, that it is."""
    for source in articles.sources:
        yield {"error": "There is no article here."} if source is None else say(source)
