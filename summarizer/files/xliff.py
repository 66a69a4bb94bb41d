"""XLIFF 1.2 and 2: targets are translated from their sources, with the same inline codes; existing targets are kept."""

from collections.abc import Sequence

from lxml import etree

from summarizer.errors import NotText, UnknownLanguage
from summarizer.files.coded_element import CodedElement
from summarizer.files.piece import Document, from_html, parse_xml, serialize_xml, to_html
from summarizer.files.xliff_versions import Version, version_of
from summarizer.languages import closest


def xliff(content: bytes, target: str | None = None, *, replace: bool = False) -> Document:
    """Reads the translatable segments of a file that have no target; with `replace`, also those that have one.

    Final and approved targets are never replaced. Raises NotText, also if targets would be kept that are not in the
    language `target`.
    """
    root = parse_xml(content)
    version = version_of(root)
    segments = [segment for segment in root.iter(version.segment) if version.is_translatable(segment)]
    new = [segment for segment in segments if _is_new(version, segment, replace=replace)]
    if target and len(new) < len(segments):
        _check_target_language(target, version.languages(root)[1])
    keyed = [CodedElement(version.source(segment), version.role) for segment in new]

    def write(texts: Sequence[str], language: str) -> bytes:
        version.set_target_language(root, language)
        for segment, codes, text in zip(new, keyed, texts, strict=True):
            codes.fill(version.new_target(segment), from_html(text))
            version.set_translated(segment)
        return serialize_xml(root)

    texts = tuple(to_html(one.piece) for one in keyed)
    return Document(texts, "html", write, version.languages(root), has_targets=len(new) < len(segments))


def _is_new(version: Version, segment: "etree._Element", *, replace: bool) -> bool:
    """Whether a segment is to be translated: it has no target, or only a copy of the source."""
    if version.is_final(segment):
        return False
    target = version.target(segment)
    if replace or target is None or not _text(target):
        return True
    return version.is_untranslated(segment) and _text(target) == _text(version.source(segment))


def _text(element: "etree._Element") -> str:
    return " ".join("".join(element.itertext()).split())


def _check_target_language(target: str, stated: str | None) -> None:
    """Raises NotText if a file has targets in another language than `target`."""
    try:
        fits = stated is None or closest(target, [stated]) is not None
    except UnknownLanguage:
        fits = False
    if not fits:
        raise NotText(
            f"The file has translations into {stated}, which would be kept, and the target language is {target}.",
            "Set the target language of the file, or remove its targets; `replace` replaces those that are not final.",
        )
