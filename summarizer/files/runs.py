"""Paragraphs of runs, as in Word and PowerPoint documents: translates their text, preserves formatting and content."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree

from summarizer.files.piece import InlineCode, Piece


@dataclass(frozen=True, slots=True)
class RunElements:
    """The names of a format's elements.

    `containers` enclose runs, in an element of `contents` if they have one. `breaks` part words. `dropped` elements and
    `invisible` run properties have no visible effect. `characters` stand for text. `paragraph_properties` stay where
    they are; `paragraph_end` stays last.
    """

    paragraph: str
    run: str
    text: str
    properties: str
    paragraph_properties: str
    breaks: AbstractSet[str]
    containers: AbstractSet[str] = frozenset()
    contents: str = ""
    dropped: AbstractSet[str] = frozenset()
    invisible: AbstractSet[str] = frozenset()
    characters: Mapping[str, str] = field(default_factory=dict)
    text_attributes: Mapping[str, str] = field(default_factory=dict)
    paragraph_end: str = ""

    def paragraphs(self, root: "etree._Element") -> list["RunParagraph"]:
        """Returns the paragraphs with text of their own, not only in nested ones such as those of a text box."""
        parents = {next(text.iterancestors(self.paragraph), None) for text in root.iter(self.text) if text.text}
        elements = [element for element in root.iter(self.paragraph) if element in parents]
        return [RunParagraph(element, self) for element in elements]


class RunParagraph:
    """A paragraph as text with inline codes for differently formatted runs, containers, and content without text."""

    def __init__(self, element: "etree._Element", names: RunElements) -> None:
        self._element = element
        self._names = names
        self._parts: list[etree._Element] = []  # by key
        self._templates: dict[int, etree._Element | None] = {}  # runs with the usual format, by the container's key
        self.piece: Piece = tuple(self._codes(element, -1))

    def fill(self, piece: Piece) -> None:
        """Replaces the content of the paragraph with a piece."""
        names, end = self._names, _child(self._element, self._names.paragraph_end)
        for child in [child for child in self._element if child.tag != names.paragraph_properties]:
            self._element.remove(child)
        within = [(self._element, self._templates[-1])]
        for part in piece:
            parent, template = within[-1]
            if isinstance(part, str):
                parent.append(self._with_text(template, part))
            elif part.kind == "opening":
                within.append(self._opened(part.key, parent))
            elif part.kind != "closing":
                parent.append(self._parts[part.key])
            elif len(within) > 1:
                within.pop()
        if end is not None:
            self._element.append(end)

    def _codes(self, parent: "etree._Element", container: int) -> Iterator[str | InlineCode]:
        parts = self._merged(self._split(parent))
        template = self._templates[container] = self._usual(parts)
        for part in parts:
            key = len(self._parts)
            self._parts.append(part)
            if self._is_text_run(part):
                text, usual = self._text(part), self._format(part) == self._format(template)
                yield from (text,) if usual else (InlineCode("opening", key), text, InlineCode("closing", key))
            elif part.tag in self._names.containers and next(part.iter(self._names.text), None) is not None:
                yield from (InlineCode("opening", key), *self._codes(self._content(part), key))
                yield InlineCode("closing", key)
            else:
                yield InlineCode("break" if self._is_break(part) else "point", key)

    def _split(self, parent: "etree._Element") -> Iterator["etree._Element"]:
        """The content of a paragraph or container; runs are split so that each has one child besides its properties."""
        names = self._names
        for child in list(parent):
            if child.tag != names.run:
                if isinstance(child.tag, str) and not self._is_property(child) and child.tag not in names.dropped:
                    yield child
                continue
            properties = child.find(names.properties)
            for content in list(child):
                if isinstance(content.tag, str) and content.tag not in names.dropped and content is not properties:
                    yield from self._runs(child, properties, content)

    def _runs(
        self, run: "etree._Element", properties: "etree._Element | None", content: "etree._Element"
    ) -> Iterator["etree._Element"]:
        """Runs with one child: `content`, or a text without tabs, or a tab."""
        texts = [content.text or ""] if content.tag == self._names.text else []
        if content.tag in self._names.characters:
            texts = [self._names.characters[content.tag]]
        pieces = [piece for text in texts for piece in text.replace("\t", "\0\t\0").split("\0") if piece]
        for piece in pieces if texts else [None]:
            split = etree.Element(run.tag, run.attrib, run.nsmap)
            if properties is not None:
                split.append(deepcopy(properties))
            if piece is None:
                split.append(content)  # not copied: a text box has its own paragraphs
            else:
                etree.SubElement(split, self._names.text, dict(self._names.text_attributes)).text = piece
            yield split

    def _merged(self, parts: Iterator["etree._Element"]) -> list["etree._Element"]:
        """Merges adjacent text runs with the same format, which editors split by editing history."""
        merged: list[etree._Element] = []
        for _, equal in groupby(parts, lambda part: self._format(part) if self._is_text_run(part) else part):
            first, *others = equal
            if others:
                first.find(self._names.text).text = "".join(map(self._text, (first, *others)))
            merged.append(first)
        return merged

    def _usual(self, parts: list["etree._Element"]) -> "etree._Element | None":
        """The first text run with the most frequent format."""
        lengths: dict[bytes, int] = {}
        runs = [part for part in parts if self._is_text_run(part)]
        for run in runs:
            lengths[self._format(run)] = lengths.get(self._format(run), 0) + len(self._text(run))
        return max(runs, key=lambda run: lengths[self._format(run)], default=None)

    def _is_text_run(self, part: "etree._Element") -> bool:
        return part.tag == self._names.run and self._text(part).strip("\t") != ""

    def _is_break(self, part: "etree._Element") -> bool:
        contents = list(part) if part.tag == self._names.run else [part]
        return self._text(part) == "\t" or any(content.tag in self._names.breaks for content in contents)

    def _is_property(self, child: "etree._Element") -> bool:
        """Whether a child of a paragraph or container holds its properties."""
        names = self._names
        return str(child.tag).endswith("Pr") or child.tag in {names.paragraph_properties, names.paragraph_end}

    def _text(self, run: "etree._Element") -> str:
        return run.findtext(self._names.text) or ""

    def _format(self, run: "etree._Element | None") -> bytes:
        """The visible properties of a run."""
        properties = None if run is None else run.find(self._names.properties)
        if properties is None:
            return b""
        attributes = sorted((name, value) for name, value in properties.items() if name not in self._names.invisible)
        children = [etree.tostring(child) for child in properties if child.tag not in self._names.invisible]
        return repr(attributes).encode() * bool(attributes) + b"".join(children)

    def _content(self, container: "etree._Element") -> "etree._Element":
        inner = _child(container, self._names.contents)
        return container if inner is None else inner

    def _opened(self, key: int, parent: "etree._Element") -> tuple["etree._Element", "etree._Element | None"]:
        """The element to which the text after an opening code is added, and the run whose format it has."""
        part = self._parts[key]
        if part.tag == self._names.run:
            return parent, part
        shell = etree.SubElement(parent, part.tag, part.attrib, part.nsmap)
        shell.extend(deepcopy(child) for child in part if self._is_property(child))
        if self._content(part) is not part:
            shell = etree.SubElement(shell, self._names.contents)
        return shell, self._templates[key]

    def _with_text(self, template: "etree._Element | None", content: str) -> "etree._Element":
        """A copy of a run with another text."""
        run = etree.Element(self._names.run) if template is None else deepcopy(template)
        text = run.find(self._names.text)
        if text is None:
            text = etree.SubElement(run, self._names.text, dict(self._names.text_attributes))
        text.text = content
        return run


def _child(element: "etree._Element", tag: str) -> "etree._Element | None":
    return next((child for child in element if child.tag == tag), None)
