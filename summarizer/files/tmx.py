"""TMX: each unit without a variant in the target language gets one, translated from its source variant."""

from collections.abc import Sequence

from lxml import etree

from summarizer.errors import NotText, UnknownLanguage
from summarizer.files.coded_element import CodedElement, Role
from summarizer.files.piece import Document, from_html, parse_xml, serialize_xml, to_html
from summarizer.languages import canonical, closest

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tmx(content: bytes, target: str | None = None, *, replace: bool = False) -> Document:
    """Reads the units of a translation memory that have no text in the language `target`; with `replace`, all units.

    Raises NotText.
    """
    root = parse_xml(content)
    source = stated_source_language(root)
    variants = [variant for unit in root.iter("tu") if (variant := source_variant(unit, source)) is not None]
    new = [variant for variant in variants if replace or not target or not _has_target(variant, target)]
    keyed = [CodedElement(variant.find("seg"), _role) for variant in new]

    def write(texts: Sequence[str], language: str) -> bytes:
        for variant, codes, text in zip(new, keyed, texts, strict=True):
            codes.fill(_new_target(variant, language), from_html(text))
        return serialize_xml(root)

    stated = None if source == "*all*" else source
    texts = tuple(to_html(one.piece) for one in keyed)
    return Document(texts, "html", write, (stated, None), has_targets=len(new) < len(variants))


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
    return _variant(variants, language)


def variant_language(variant: "etree._Element") -> str:
    """Returns the language of a variant as written in the file."""
    return variant.get(LANG) or variant.get("lang") or ""


def _variant(variants: Sequence["etree._Element"], language: str) -> "etree._Element | None":
    """The variant in a language, or in one that its readers can read. Raises NotText for an invalid language."""
    by_language = {variant_language(variant): variant for variant in reversed(variants)}
    try:
        match = closest(language, filter(_is_known, by_language))
    except UnknownLanguage as error:
        raise NotText(f"The file states an unknown language: {error}", "Correct its srclang.") from None
    return by_language[match] if match else None


def _is_known(tag: str) -> bool:
    try:
        return bool(canonical(tag))
    except UnknownLanguage:
        return False


def _target(source: "etree._Element", language: str) -> "etree._Element | None":
    """The variant in a target language; that of a region is also one of the language, but not of another region."""
    others = [one for one in source.getparent().findall("tuv") if one is not source and one.find("seg") is not None]
    match = _variant(others, language)
    tags = [] if match is None else [canonical(language), canonical(variant_language(match))]
    is_same = len(set(tags)) == 1 or any(tag.isalpha() for tag in tags)
    return match if is_same else None


def _has_target(source: "etree._Element", language: str) -> bool:
    target = _target(source, language)
    return target is not None and bool("".join(target.find("seg").itertext()).strip())


def _new_target(source: "etree._Element", language: str) -> "etree._Element":
    """The `seg` element of the variant in a language; it is added if missing."""
    target = _target(source, language)
    if target is not None:
        return target.find("seg")
    added = etree.Element("tuv", {LANG: language})
    source.getparent().findall("tuv")[-1].addnext(added)
    added.tail = source.tail
    return etree.SubElement(added, "seg")


def _role(element: "etree._Element") -> Role:
    return "pair" if element.tag == "hi" else "point"
