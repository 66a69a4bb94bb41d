r"""What stays literal in Markdown's prose: bare URLs and products, whose `_` and `*` mark no emphasis.

CommonMark reads https://example.org/?a=_b_ and 2*3*4 as emphasis; GitHub's Markdown has a rule for bare URLs (GFM 0.29,
section 6.9), which this follows.
"""

import regex
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

LITERAL = "literal"
"""The type of the tokens."""

_URL = r"(?<![\p{L}\p{N}])(?i:https?://|ftp://|www\.)[^\s<>\[\]\"`|\\“”«»‘’，。；：！？、（）]{1,4000}"
_PRODUCT = r"(?<!\p{Nd}|\p{Nd}[.,*])\p{Nd}++(?:[.,]\p{Nd}++)*+(?:\*\p{Nd}++(?:[.,]\p{Nd}++)*+)++(?![\p{L}*])"
_LITERAL = regex.compile(rf"(?<url>{_URL})|{_PRODUCT}")
_TEXT = regex.compile(rf"(?:(?!{_URL}|{_PRODUCT})[^\n!#$%&*+\-:<=>@\[\\\]^_`{{}}~|])++")
_TAIL = regex.compile(r"(?r)(?:[?!.,:;'()]|\*+|_+|~+|&[a-zA-Z\d]{1,32};)\Z")
_UNDERSCORE = regex.compile(r"(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])")


def enable_literals(parser: MarkdownIt) -> MarkdownIt:
    """Makes a parser read bare URLs and products as tokens of their own."""
    parser.inline.ruler.before("text", LITERAL, _literal)
    parser.inline.ruler.at("text", _text)
    return parser


def _literal(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it passes it by position
    match = _LITERAL.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    content = _trimmed(match[0]) if match["url"] else match[0]
    if not silent:
        state.push(LITERAL, "", 0).content = content
    state.pos += len(content)
    return True


def _text(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    match = _TEXT.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        state.append_pending(match[0])
    state.pos = match.end()
    return True


def _trimmed(url: str) -> str:
    """A URL without the punctuation after it; a sign that closes a pair in the URL belongs to it."""
    while match := _TAIL.search(url):
        before, sign = url[: match.start()], match[0][0]
        if (sign == ")" and before.count("(") > before.count(")")) or (sign in "*_~" and _opened(sign, before)):
            break
        url = before
    return url


def _opened(sign: str, text: str) -> bool:
    """Whether a text has an emphasis mark without a partner; `_` inside a word is none."""
    return len(_UNDERSCORE.findall(text) if sign == "_" else text.split(sign)[1:]) % 2 == 1
