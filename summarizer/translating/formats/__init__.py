"""The formats that texts come in: each taken apart into passages and the markup that stays."""

from collections.abc import Callable

from summarizer.options import TextFormat
from summarizer.translating.formats import hypertext, markdown, plain
from summarizer.translating.passages import Markup

PARSERS: dict[TextFormat, Callable[[str], Markup]] = {
    "text": plain.parse,
    "html": hypertext.parse,
    "markdown": markdown.parse,
}
"""Each takes any text and gives its pieces, which joined are the text."""


def parse(text: str, form: TextFormat) -> Markup:
    """The text in pieces, by its format."""
    return PARSERS[form](text)
