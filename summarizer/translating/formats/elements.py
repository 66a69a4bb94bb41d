"""Which tags of a page belong together, and which of its tokens are to be translated."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from summarizer.translating.formats.tags import Token

INLINE = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
        "i", "img", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
"""Elements that stand in a sentence; any other ends it (https://html.spec.whatwg.org/#phrasing-content)."""

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
"""Elements whose content is no prose."""

_CELL, _ROW = frozenset({"td", "th", "tr"}), frozenset({"tr"})
_TERM = frozenset({"dd", "dt"})
CLOSED_BY = {"li": frozenset({"li"}), "dd": _TERM, "dt": _TERM, "td": _CELL, "th": _CELL, "tr": _ROW}
"""Elements whose end tags may be left out, and what starts behind them; a `p` ends where any block starts."""


@dataclass(frozen=True, slots=True)
class Elements:
    """The structure of a page's tokens, by their places in it.

    `ends` has the end tag of each start tag that has one, and each void element's own place. `translated` says of each
    token whether it is to be; `kept` are the start tags of elements that are not, in such that are.
    """

    ends: Mapping[int, int]
    translated: Sequence[bool]
    kept: AbstractSet[int]


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    index: int
    translated: bool


def elements(page: Sequence[Token]) -> Elements:
    """The structure as a browser would see it, as far as translation needs it.

    `translate="no"` and the class `notranslate` hold for all inside, until `translate="yes"`.
    """
    reader = _Reader()
    for index, token in enumerate(page):
        reader.take(index, token)
    return Elements(reader.ends, reader.translated, reader.kept)


class _Reader:
    def __init__(self) -> None:
        self.ends: dict[int, int] = {}
        self.translated: list[bool] = []
        self.kept: set[int] = set()
        self._stack: list[_Open] = []
        self._names: Counter[str] = Counter()  # of what is open, for a page with very many stray end tags

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

    def _open(self, index: int, token: Token) -> None:
        while self._stack and _ends_at(self._stack[-1].name, token.name):
            self._pop()
        translated = _is_translated(token, inherited=self._state)
        self.translated.append(translated)
        if self._state and not translated:
            self.kept.add(index)
        if token.name in VOID or (token.closes_itself and not translated):  # in SVG that slash counts
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
    return starting in CLOSED_BY.get(opened, ()) or (opened == "p" and starting not in INLINE)


def _is_translated(token: Token, *, inherited: bool) -> bool:
    given = token.attributes()
    said = given.get("translate", "").lower()
    if said == "no" or "notranslate" in given.get("class", "").split():
        return False
    if token.name in UNTRANSLATED:
        return False
    return inherited or said == "yes"
