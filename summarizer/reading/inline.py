"""Rewrites the inline markup of a page so that its plain text says what the page shows.

Superscripts become Unicode exponents (10⁶, m²) or are removed as footnote marks; struck-out text and ruby annotations
are removed; quotations get quotation marks.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import regex
from lxml import etree

Element: TypeAlias = Any  # lxml ships no types

STRUCK, FOOTNOTE, RUBY = "struck-out text", "footnote mark", "ruby annotation"

_STRUCK, _ANNOTATIONS = ("del", "s", "strike"), ("rt", "rtc")
_UNWRAPPED = (
    "abbr", "acronym", "bdi", "bdo", "big", "cite", "data", "dfn", "ins", "kbd", "mark", "nobr", "output", "rb", "ruby",
    "samp", "small", "tt", "u", "var", "wbr",
)  # fmt: skip
"""Inline elements whose tags are removed; trafilatura discards some of them, or the paragraph around them."""

_HANDLED = (*_STRUCK, *_ANNOTATIONS, *_UNWRAPPED, "br", "code", "rp", "sub", "sup", "time")
_LINE_THROUGH = regex.compile(r"text-decoration[^;]*:[^;]*line-through")
_CONTEXT = 24

_SUPERSCRIPTS = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_EXPONENT = regex.compile(r"\d{1,3}|n")
_SIGNED = regex.compile(r"[-+−–]\d{1,3}|\d{0,2}[-+−–]")
_MARK = regex.compile(
    r"[\[(](?:\d{1,3}|\p{L}|note \d+)(?:\s?[,;–-]\s?(?:\d{1,3}|\p{L}))*[\])]"
    r"|\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\)?|[*†‡§¶⁎]+"
)
_BASE = regex.compile(
    r"(?:(?<![\p{N}.,])(?:2|10)|[=^×·]\s?\p{N}+|(?<!\p{L})(?:[cdkmnµμ]?m|[Kk]M|ft|in|yd|mi|mc|[a-zα-ωR]|[дкс]?м|мм|ك?م)"
    r"|公里|千米|米)\Z"
)
"""What an exponent without a sign may follow: 2 or 10, a number in a formula, a unit of length, or a variable."""

_ELEMENT = regex.compile(r"\p{Lu}\p{Ll}?(?!\p{Ll})")
_NOTE_NAME = regex.compile(r"foot-?note|\b(?:fn|note|ref|cit)", regex.IGNORECASE)


def rewrite(tree: Element) -> list[tuple[str, str]]:
    """Rewrites the tree in place, and returns the texts that were removed, each with the reason.

    A comment that contains an index of this list marks the place of each; all other comments are removed.
    """
    etree.strip_elements(tree, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in reversed([*tree.iter("q")]):
        _quote(element)
    removed: list[tuple[str, str]] = []
    for element in [*_struck_by_style(tree), *tree.iter(*_HANDLED)]:
        if element.getparent() is not None:
            _rewrite(element, removed)
    return removed


def _struck_by_style(tree: Element) -> Iterator[Element]:
    return (element for element in tree.iter("span") if _LINE_THROUGH.search(element.get("style", "")))


def _rewrite(element: Element, removed: list[tuple[str, str]]) -> None:
    match element.tag:
        case "br":
            element.tail = f" {element.tail or ''}"  # other readers of the tree do not count a break as white space
        case "sup":
            _rewrite_superscript(element, removed)
        case "sub":
            is_index = element.text_content().strip().isdigit() and _before(element)[-1:].isdigit()
            _unwrap(element, element.text_content().translate(_SUBSCRIPTS) if is_index else None)
        case "rp":
            element.drop_tree()
        case "rt" | "rtc":
            _remove(element, RUBY, removed)
        case "span" | "del" | "s" | "strike":
            _remove(element, STRUCK, removed)
        case "code" if next(element.iterancestors("pre"), None) is not None:
            pass
        case "time" if element.getparent().text_content().strip() == element.text_content().strip():
            pass
        case _:
            element.drop_tag()


def _rewrite_superscript(element: Element, removed: list[tuple[str, str]]) -> None:
    text, before, after = element.text_content().strip(), _before(element), (element.tail or "")[:4]
    if after[:1] in ("/", "⁄") and text.isdigit():
        _unwrap(element, f" {text}" if before[-1:].isdigit() else text)
    elif _is_reference(element) and _MARK.fullmatch(text):
        _remove(element, FOOTNOTE, removed)
    elif _is_exponent(text, before, after):
        _unwrap(element, text.translate(_SUPERSCRIPTS))
    elif _MARK.fullmatch(text) or _is_reference(element):
        _remove(element, FOOTNOTE, removed)
    else:
        _unwrap(element, text.translate(_SUPERSCRIPTS) if text[:1].isdigit() and before[-1:].isdigit() else None)


def _is_exponent(text: str, before: str, after: str) -> bool:
    """Whether a superscript belongs to a number, a unit, a variable, an ion or an isotope."""
    if _SIGNED.fullmatch(text):
        return bool(before[-1:].strip())
    if not _EXPONENT.fullmatch(text):
        return False
    if not before[-1:].strip() or before[-1:] in "([":
        return bool(_ELEMENT.match(after)) and bool(before.strip())
    return text != "1" and bool(_BASE.search(before))


def _is_reference(element: Element) -> bool:
    """Whether a superscript is linked to a place on the page, or named like a footnote."""
    links = [*element.iter("a"), *element.iterancestors("a")]
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return any("#" in link.get("href", "") for link in links) or bool(_NOTE_NAME.search(names))


def _before(element: Element) -> str:
    """The last characters before the element in its paragraph, as far as inline markup reaches."""
    text = ""
    while len(text) < _CONTEXT:
        previous = element.getprevious()
        if previous is None:
            element = element.getparent()
            text = (element.text or "") + text
            if element.tag not in ("a", "b", "em", "i", "span", "strong", "font", "sup"):
                return text
            continue
        inside = previous.text_content() if isinstance(previous.tag, str) else ""
        text = ("\n" if previous.tag == "br" else inside) + (previous.tail or "") + text
        element = previous
    return text[-_CONTEXT:]


def _quote(element: Element) -> None:
    opening, closing = "“”" if next(element.iterancestors("q"), None) is None else "‘’"
    if element.text_content().lstrip()[:1] not in tuple("“«„‘\"'「"):
        element.text = opening + (element.text or "")
        if len(element):
            element[-1].tail = (element[-1].tail or "") + closing
        else:
            element.text += closing
    element.drop_tag()


def _unwrap(element: Element, text: str | None = None) -> None:
    """Removes the tags of the element, and replaces its content by the text, if any."""
    if text is not None:
        for child in list(element):
            element.remove(child)
        element.text = text
    element.drop_tag()


def _remove(element: Element, reason: str, removed: list[tuple[str, str]]) -> None:
    place = etree.Comment(str(len(removed)))
    place.tail = element.tail
    removed.append((" ".join(element.text_content().split()), reason))
    element.getparent().replace(element, place)
