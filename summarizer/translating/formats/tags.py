"""A lossless HTML tokenizer; attributes that readers see are passages."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

import regex

from summarizer.translating.passages import Escaping, Markup, Passage

PROSE_ATTRIBUTES = frozenset({"alt", "aria-description", "aria-label", "aria-placeholder", "placeholder", "title"})
"""Attributes whose values are prose (listed in https://html.spec.whatwg.org/#attr-translate)."""

BUTTON_TYPES = frozenset({"submit", "button", "reset"})
"""Types of `input` whose `value` is displayed."""

PROSE_META = frozenset({"description", "og:description", "og:title", "twitter:description", "twitter:title"})
"""Names of `meta` whose `content` is prose."""

RAW_TEXT = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is raw text up to their end tag."""

_TOKEN = regex.compile(
    r"""(?<comment><!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)|</[^a-zA-Z>][^>]*(?:>|\Z)|</>)
    |<(?<close>/?)(?<name>[a-zA-Z][^\s/>]*)
        (?:[^=>]|=(?!\s*["'])|=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)))*+(?:>|\Z)
    |(?<text>[^<]+|<)""",
    regex.DOTALL | regex.VERBOSE,
)
_ATTRIBUTE = regex.compile(r"""([^\s/>=][^\s/>=]*+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?""")


@dataclass(frozen=True, slots=True)
class Token:
    """A tag, a comment or text: its offset and its source. `name` is the tag's, in lower case, or empty."""

    start: int
    raw: str
    name: str = ""
    closes: bool = False
    is_text: bool = False

    @property
    def closes_itself(self) -> bool:
        """Whether it ends in a slash, which only has a meaning in SVG and MathML."""
        return self.raw.endswith("/>")

    def attributes(self) -> dict[str, str]:
        """The attributes as a browser reads them: names in lower case, the first of duplicates."""
        attributes: dict[str, str] = {}
        for match in _attributes(self.raw):
            attributes.setdefault(match[1].lower(), unescape((match[2] or "").strip("\"'")))
        return attributes

    def markup(self) -> Markup:
        """The parts of the tag; attribute values that readers see are passages."""
        pieces: list[str | Passage] = []
        at, names = 0, _prose_attributes(self)
        for match in _attributes(self.raw) if names else ():
            if match[1].lower() in names and match[2]:
                value = match[2]
                quoted = value[0] in "\"'"
                start, end = match.start(2) + quoted, match.end(2) - quoted
                escaping = _QUOTED if quoted else _UNQUOTED
                pieces += [
                    self.raw[at:start],
                    Passage(unescape(self.raw[start:end]), self.raw[start:end], escaping=escaping),
                ]
                at = end
        return (*pieces, self.raw[at:])


def tokens(page: str) -> Iterator[Token]:
    """Yields the tokens of a page; their sources joined are the page, even if it is malformed.

    An unclosed tag extends to the end of the page, as in browsers. Time is linear in the page's length.
    """
    at = 0
    while match := _TOKEN.match(page, at):
        token = Token(at, match[0], (match["name"] or "").lower(), bool(match["close"]), bool(match["text"]))
        yield token
        at = match.end()
        if token.name in RAW_TEXT and not token.closes:
            end = regex.compile(rf"</{token.name}(?=[\s/>])", regex.IGNORECASE).search(page, at)
            inside = page[at : end.start() if end else len(page)]
            if inside:
                yield Token(at, inside, is_text=True)
            at += len(inside)


def _prose_attributes(token: Token) -> frozenset[str]:
    if token.closes or not token.name:
        return frozenset()
    if token.name == "input" and token.attributes().get("type", "").lower() in BUTTON_TYPES:
        return PROSE_ATTRIBUTES | {"value"}
    if token.name == "meta":
        attributes = token.attributes()
        names = {attributes.get("name", "").lower(), attributes.get("property", "").lower()}
        return PROSE_ATTRIBUTES | {"content"} if names & PROSE_META else PROSE_ATTRIBUTES
    return PROSE_ATTRIBUTES


def _attributes(raw: str) -> Iterator["regex.Match[str]"]:
    start = regex.match(r"</?[^\s/>]*", raw).end()
    return iter(_ATTRIBUTE.finditer(raw, start))


def _in_quotes(text: str) -> str:
    return escape(text)


def _unquoted(text: str) -> str:
    return f'"{escape(text)}"'


_QUOTED, _UNQUOTED = Escaping((_in_quotes,)), Escaping((_unquoted,))
