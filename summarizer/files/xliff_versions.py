"""The versions of XLIFF: 1.2 (OASIS, 2008; 1.1 is read alike) and 2 (OASIS, 2014 to 2025)."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from lxml import etree

from summarizer.errors import NotText
from summarizer.files.coded_element import Role

NAMESPACES_1 = ("urn:oasis:names:tc:xliff:document:1.1", "urn:oasis:names:tc:xliff:document:1.2", None)
"""The namespaces of XLIFF 1; some tools leave it out."""

NAMESPACES_2 = ("urn:oasis:names:tc:xliff:document:2.0", "urn:oasis:names:tc:xliff:document:2.2")
"""The namespaces of XLIFF 2.0 (also used by 2.1) and 2.2."""


class Version(ABC):
    """The elements and attributes of one version."""

    segment: str
    """The qualified name of the elements with a source and a target."""

    untranslated: ClassVar[frozenset[str]]
    """The states of a target that nobody has translated."""

    final: ClassVar[frozenset[str]]
    """The states of a target that must not be changed."""

    def __init__(self, namespace: str | None) -> None:
        self._namespace = namespace
        self.segment = self.qualified(self._segment_name)

    _segment_name: ClassVar[str]
    _attributes: ClassVar[tuple[str, str]]

    @abstractmethod
    def stated(self, root: "etree._Element") -> list["etree._Element"]:
        """Returns the elements that state the languages."""

    @abstractmethod
    def state_of(self, segment: "etree._Element") -> "etree._Element":
        """Returns the element that has the state of a segment."""

    @abstractmethod
    def role(self, element: "etree._Element") -> Role:
        """Returns what an inline element is."""

    def qualified(self, name: str) -> str:
        """Returns a name in the namespace of the file."""
        return f"{{{self._namespace}}}{name}" if self._namespace else name

    def languages(self, root: "etree._Element") -> tuple[str | None, str | None]:
        """Returns the source and target language that a file states."""
        source, target = (
            next((one.get(name) for one in self.stated(root) if one.get(name)), None) for name in self._attributes
        )
        return source, target

    def set_target_language(self, root: "etree._Element", language: str) -> None:
        """States the target language."""
        for element in self.stated(root):
            element.set(self._attributes[1], language)

    def is_translatable(self, segment: "etree._Element") -> bool:
        """Whether a segment has a source and may be translated; the nearest `translate` attribute decides."""
        attributes = [element.get("translate") for element in (segment, *segment.iterancestors())]
        is_allowed = next((value for value in attributes if value), "yes") == "yes"
        return is_allowed and segment.find(self.qualified("source")) is not None

    def is_final(self, segment: "etree._Element") -> bool:
        """Whether the target is final or approved."""
        return segment.get("approved") == "yes" or self.state_of(segment).get("state") in self.final

    def is_untranslated(self, segment: "etree._Element") -> bool:
        """Whether the state says that nobody has translated the segment."""
        return self.state_of(segment).get("state") in self.untranslated

    def source(self, segment: "etree._Element") -> "etree._Element":
        """Returns the source, segmented if it is present in both forms."""
        segmented = segment.find(self.qualified("seg-source"))
        return segment.find(self.qualified("source")) if segmented is None else segmented

    def target(self, segment: "etree._Element") -> "etree._Element | None":
        """Returns the target, or None."""
        return segment.find(self.qualified("target"))

    def new_target(self, segment: "etree._Element") -> "etree._Element":
        """Returns the target; it is added if missing."""
        target, source = self.target(segment), self.source(segment)
        if target is None:
            target = etree.Element(self.qualified("target"))
            source.addnext(target)
            target.tail = source.tail
        return target

    def set_translated(self, segment: "etree._Element") -> None:
        """States that a segment with a target has been translated."""
        self.state_of(segment).set("state", "translated")


class _Version1(Version):
    untranslated = frozenset({"new", "needs-translation"})
    final = frozenset({"final", "signed-off"})
    _segment_name = "trans-unit"
    _attributes = ("source-language", "target-language")

    def stated(self, root: "etree._Element") -> list["etree._Element"]:
        return list(root.iterchildren(self.qualified("file")))

    def state_of(self, segment: "etree._Element") -> "etree._Element":
        target = self.target(segment)
        return etree.Element("target") if target is None else target

    def role(self, element: "etree._Element") -> Role:
        if element.get("mtype") == "protected":
            return "protected"
        return _role(element, ("g", "mrk"), is_break=element.get("ctype") == "lb")


class _Version2(Version):
    untranslated = frozenset({"initial"})
    final = frozenset({"final"})
    _segment_name = "segment"
    _attributes = ("srcLang", "trgLang")

    def stated(self, root: "etree._Element") -> list["etree._Element"]:
        return [root]

    def state_of(self, segment: "etree._Element") -> "etree._Element":
        return segment

    def role(self, element: "etree._Element") -> Role:
        if element.get("translate") == "no":
            return "protected"
        return _role(element, ("pc", "mrk"), is_break=element.get("subType") == "xlf:lb")


def version_of(root: "etree._Element") -> Version:
    """Returns the version of a file. Raises NotText if it is not XLIFF."""
    name = etree.QName(root)
    if name.localname == "xliff" and name.namespace in NAMESPACES_2:
        return _Version2(name.namespace)
    if name.localname == "xliff" and name.namespace in NAMESPACES_1:
        return _Version1(name.namespace)
    raise NotText("The file is not XLIFF 1.2 or 2.", "Export it again as XLIFF 1.2 or 2.")


def _role(element: "etree._Element", paired: tuple[str, ...], *, is_break: bool) -> Literal["pair", "break", "point"]:
    if etree.QName(element).localname in paired:
        return "pair"
    return "break" if is_break else "point"
