"""Text formats: each parser splits a text into passages to translate and markup to preserve."""

from collections.abc import Callable

from summarizer.options import STANDARD_TAGS, TagOptions, TextFormat
from summarizer.translating.formats import hypertext, markdown, plain
from summarizer.translating.passages import Markup

PARSERS: dict[TextFormat, Callable[[str], Markup]] = {
    "text": plain.parse,
    "html": hypertext.parse,
    "markdown": markdown.parse,
}
"""Each parser accepts any text and returns its parts; joined, they are the text."""


def parse(text: str, text_format: TextFormat, tags: TagOptions = STANDARD_TAGS) -> Markup:
    """Returns the parts of a text in the given format; `tags` apply to HTML."""
    return hypertext.parse(text, tags) if text_format == "html" else PARSERS[text_format](text)
