"""The structure of a page: matching start and end tags, and the tokens to translate."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from summarizer.options import STANDARD_TAGS, TagOptions
from summarizer.translating.formats.tags import Token

INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
        "i", "img", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
"""Elements within a sentence (https://html.spec.whatwg.org/#phrasing-content)."""

OTHERS = frozenset(
    {
        "address", "area", "article", "aside", "audio", "base", "blockquote", "body", "br", "button", "canvas",
        "caption", "center", "col", "colgroup", "datalist", "dd", "details", "dialog", "dir", "div", "dl", "dt",
        "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4",
        "h5", "h6", "head", "header", "hgroup", "hr", "html", "iframe", "input", "label", "legend", "li", "link",
        "main", "map", "math", "menu", "meta", "meter", "nav", "noembed", "noframes", "noscript", "object", "ol",
        "optgroup", "option", "output", "p", "param", "picture", "pre", "progress", "script", "search", "section",
        "select", "slot", "source", "style", "summary", "svg", "table", "tbody", "td", "template", "textarea",
        "tfoot", "th", "thead", "title", "tr", "track", "ul", "video", "xmp",
    }
)  # fmt: skip
"""Elements of HTML that end a sentence. Unknown elements do not if they stand beside text or are inside a sentence."""

VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr",
    }
)  # fmt: skip
"""Elements without an end tag."""

UNTRANSLATED = frozenset(
    {
        "code", "iframe", "kbd", "math", "noembed", "noframes", "pre", "samp", "script", "style", "svg",
        "textarea", "tt", "var", "xmp",
    }
)  # fmt: skip
"""Elements whose content is not prose."""

_CELL, _ROW = frozenset({"td", "th", "tr"}), frozenset({"tr"})
_TERM = frozenset({"dd", "dt"})
CLOSED_BY = {"li": frozenset({"li"}), "dd": _TERM, "dt": _TERM, "td": _CELL, "th": _CELL, "tr": _ROW}
"""Elements with optional end tags, and the start tags that end them; any block ends a `p`."""


@dataclass(frozen=True, slots=True)
class Elements:
    """The structure of a page, by the indices of its tokens.

    `ends` maps start tags to their end tags, and void elements to themselves. `translated` says for each token whether
    to translate it. `untranslated` has the start tags of untranslated elements inside translated ones. `breaks` has the
    tags that end a sentence.
    """

    ends: Mapping[int, int]
    translated: Sequence[bool]
    untranslated: AbstractSet[int]
    breaks: AbstractSet[int]


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    index: int
    translated: bool


def elements(page: Sequence[Token], tags: TagOptions = STANDARD_TAGS) -> Elements:
    """Returns the structure as a browser would see it, as far as translation needs it.

    `translate="no"` and the class `notranslate` apply to all descendants, until `translate="yes"`.
    """
    reader = _Reader(tags)
    for index, token in enumerate(page):
        reader.take(index, token)
    return Elements(reader.ends, reader.translated, reader.untranslated, frozenset(_breaks(page, reader, tags)))


def _breaks(page: Sequence[Token], reader: "_Reader", tags: TagOptions) -> Iterator[int]:
    partners = {end: start for start, end in reader.ends.items()}
    inline: set[int] = set()
    for index, token in enumerate(page):
        if not token.name:
            continue
        start = partners.get(index, index)
        parent = reader.parents.get(index, -1)
        if start < index:
            is_inline = start in inline
        elif token.name in tags.splitting or not tags.outline:
            is_inline = token.name not in tags.splitting
        else:
            is_known = token.name in INLINE or token.name in tags.non_splitting
            is_inline = is_known or (token.name not in OTHERS and (parent in reader.mixed or parent in inline))
        if is_inline:
            inline.add(index)
        else:
            yield index


class _Reader:
    def __init__(self, tags: TagOptions) -> None:
        self.ends: dict[int, int] = {}
        self.translated: list[bool] = []
        self.untranslated: set[int] = set()
        self.parents: dict[int, int] = {}  # of start tags; -1 is the page
        self.mixed: set[int] = set()  # elements with text or inline elements beside their other children
        self._tags = tags
        self._stack: list[_Open] = []
        self._names: Counter[str] = Counter()  # of the open elements: keeps many stray end tags linear

    @property
    def _state(self) -> bool:
        return not self._stack or self._stack[-1].translated

    def take(self, index: int, token: Token) -> None:
        if token.closes:
            self.translated.append(self._state)
            self._close(index, token)
        elif token.name:
            self._open(index, token)
        else:
            self.translated.append(self._state)
            if token.is_text and token.raw.strip():
                self.mixed.add(self._parent)

    @property
    def _parent(self) -> int:
        return self._stack[-1].index if self._stack else -1

    def _open(self, index: int, token: Token) -> None:
        while self._stack and _ends_at(self._stack[-1].name, token.name):
            self._pop()
        self.parents[index] = self._parent
        if token.name in INLINE:
            self.mixed.add(self._parent)
        translated = token.name not in self._tags.ignored and _is_translated(token, inherited=self._state)
        self.translated.append(translated)
        if self._state and not translated:
            self.untranslated.add(index)
        is_foreign = not translated or token.name not in INLINE | OTHERS  # SVG, MathML and XML
        if token.name in VOID or (token.closes_itself and is_foreign):
            self.ends[index] = index
        else:
            self._stack.append(_Open(token.name, index, translated))
            self._names[token.name] += 1

    def _close(self, index: int, token: Token) -> None:
        if not self._names[token.name]:
            return
        while (opened := self._pop()).name != token.name:
            pass
        self.ends[opened.index] = index

    def _pop(self) -> _Open:
        opened = self._stack.pop()
        self._names[opened.name] -= 1
        return opened


def _ends_at(opened: str, starting: str) -> bool:
    return starting in CLOSED_BY.get(opened, ()) or (opened == "p" and starting in OTHERS)


def _is_translated(token: Token, *, inherited: bool) -> bool:
    attributes = token.attributes()
    translate = attributes.get("translate", "").lower()
    if translate == "no" or "notranslate" in attributes.get("class", "").split():
        return False
    if token.name in UNTRANSLATED:
        return False
    return inherited or translate == "yes"
