"""TMX: each translation unit gets a variant in the target language, translated from its source variant."""

from collections.abc import Sequence

from lxml import etree

from summarizer.errors import NotText
from summarizer.files.piece import Document, from_html, parse_xml, serialize_xml, to_html
from summarizer.files.xliff import CodedElement
from summarizer.languages import closest

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_PAIRED = ("hi",)


def tmx(content: bytes) -> Document:
    """Reads a translation memory. Raises NotText."""
    root = parse_xml(content)
    source = stated_source_language(root)
    variants = [variant for unit in root.iter("tu") if (variant := source_variant(unit, source)) is not None]
    keyed = [CodedElement(variant.find("seg"), _PAIRED) for variant in variants]

    def write(texts: Sequence[str], language: str) -> bytes:
        for variant, codes, text in zip(variants, keyed, texts, strict=True):
            codes.fill(_target(variant.getparent(), variant, language), from_html(text))
        return serialize_xml(root)

    stated = None if source == "*all*" else source
    return Document(tuple(to_html(one.piece) for one in keyed), "html", write, (stated, None))


def stated_source_language(root: "etree._Element") -> str:
    """Returns the source language that a TMX declares, or `*all*` for any language. Raises NotText."""
    header = root.find("header")
    if root.tag != "tmx" or header is None:
        raise NotText("The file is not TMX.", "Export the translation memory again, as TMX 1.4.")
    return str(header.get("srclang", "*all*"))


def source_variant(unit: "etree._Element", source: str) -> "etree._Element | None":
    """Returns the variant of a unit in the source language, or the first one if any language may be the source."""
    variants = [variant for variant in unit.findall("tuv") if variant.find("seg") is not None]
    language = unit.get("srclang", source)
    if language == "*all*":
        return variants[0] if variants else None
    by_language = {variant_language(variant): variant for variant in reversed(variants)}
    match = closest(language, filter(None, by_language))
    return by_language[match] if match else None


def variant_language(variant: "etree._Element") -> str:
    """Returns the language of a variant as written in the file."""
    return variant.get(LANG) or variant.get("lang") or ""


def _target(unit: "etree._Element", after: "etree._Element", language: str) -> "etree._Element":
    """The `seg` element of the variant in a language, which is created if missing."""
    for variant in unit.findall("tuv"):
        if (
            variant is not after
            and variant_language(variant).lower() == language.lower()
            and variant.find("seg") is not None
        ):
            return variant.find("seg")
    variant = etree.Element("tuv", {LANG: language})
    unit.findall("tuv")[-1].addnext(variant)
    variant.tail = after.tail
    return etree.SubElement(variant, "seg")
