"""Reads and writes sentence pairs as TMX 1.4, the exchange format of translation memories (LISA/GALA, 2005)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from lxml import etree

from summarizer.errors import UnknownLanguage
from summarizer.files.piece import parse_xml
from summarizer.files.tmx import LANG, source_variant, stated_source_language, variant_language
from summarizer.languages import canonical

MEDIA_TYPE = "application/x-tmx+xml"

_PROPERTY = "x-lede-model"


@dataclass(frozen=True, slots=True)
class TranslationUnit:
    """A sentence and its translation, with BCP 47 tags, and its model and creation time (Unix time) if known."""

    source_language: str
    target_language: str
    source: str
    target: str
    model: str = ""
    created: float = 0.0


def read_units(content: bytes) -> Iterator[TranslationUnit | None]:
    """Yields a unit for each target variant in a TMX; None for a variant that is empty or has inline codes.

    Raises NotText if the file is not TMX.
    """
    root = parse_xml(content)
    stated = stated_source_language(root)
    for element in root.iter("tu"):
        source = source_variant(element, stated)
        for variant in element.findall("tuv"):
            if source is not None and variant is not source:
                yield _unit(source, variant)


def export_tmx(translation_units: Iterable[TranslationUnit]) -> Iterator[bytes]:
    """Yields the TMX of units in chunks."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
    about = {"creationtool": "Lede", "creationtoolversion": version("lede"), "segtype": "sentence", "o-tmf": "Lede"}
    header = etree.Element("header", {**about, "adminlang": "en", "srclang": "*all*", "datatype": "plaintext"})
    yield etree.tostring(header) + b"\n<body>\n"
    for unit in translation_units:
        try:
            yield etree.tostring(_element(unit), encoding="UTF-8", xml_declaration=False) + b"\n"
        except ValueError:  # characters that XML does not allow
            continue
    yield b"</body>\n</tmx>\n"


def _unit(source: "etree._Element", target: "etree._Element") -> TranslationUnit | None:
    segments = source.find("seg"), target.find("seg")
    if any(segment is None or len(segment) for segment in segments):
        return None
    texts = [(segment.text or "").strip() for segment in segments if segment is not None]
    try:
        languages = [canonical(variant_language(variant)) for variant in (source, target)]
    except UnknownLanguage:
        return None
    return TranslationUnit(languages[0], languages[1], texts[0], texts[1]) if all(texts) else None


def _element(unit: TranslationUnit) -> "etree._Element":
    created = {"creationdate": f"{datetime.fromtimestamp(unit.created, UTC):%Y%m%dT%H%M%SZ}"} if unit.created else {}
    element = etree.Element("tu", {**created, "srclang": unit.source_language})
    if unit.model:
        etree.SubElement(element, "prop", {"type": _PROPERTY}).text = unit.model
    for language, text in ((unit.source_language, unit.source), (unit.target_language, unit.target)):
        variant = etree.SubElement(element, "tuv", {LANG: language})
        etree.SubElement(variant, "seg").text = text
    return element
