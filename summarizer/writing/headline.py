"""A headline in the article's own language."""

import regex

from models.engines.protocol import Prompt
from models.model import Model
from summarizer.article import Article
from summarizer.checking.measure import graphemes
from summarizer.checking.numbers import unsupported
from summarizer.checking.tongue import is_in
from summarizer.languages import UNDETERMINED, is_spaced
from summarizer.reading import chunks
from summarizer.watch import Watch
from summarizer.writing.ask import ask
from summarizer.writing.tidy import tidy

ROOM = 384
"""Tokens of the window kept for the instruction and the answer."""

SPACED_WORD, UNSPACED_WORD = 7, 2
"""Characters of a headline's average word with its space, and of one where words are not spaced."""

LEAST = 3
"""Words that a line must have to say something."""

_LAST_STOP = regex.compile(r"(?<!\.\p{L})[.。।۔]$")


def headline(model: Model, article: Article, most: int, watch: Watch) -> str | None:
    """A line of at most `most` characters without a number the article does not hold; its own title if need be.

    None if neither fits. Raises UnsupportedDirection.
    """
    written = []
    if "headline" in model.card.tasks:
        prompt = headline_prompt(model, article, beginning(model, article), most)
        written = [answer.text for answer in ask(model, [prompt], model.card.decoding("headline"), watch)]
    source = f"{article.title or ''}\n{article.text}"
    lines = (as_title(tidy(line)) for line in [*written, article.title or ""])
    fitting = (line for line in lines if line and graphemes(line) <= most and is_in(line, article.language))
    return next((line for line in fitting if not unsupported(line, source)), None)


def headline_prompt(model: Model, article: Article, text: str, characters: int) -> Prompt:
    """Asks for a headline of the article that `text` is (the beginning of): models keep to words, not to characters."""
    spaced = article.language == UNDETERMINED or is_spaced(article.language)
    most = max(characters // (SPACED_WORD if spaced else UNSPACED_WORD), LEAST)
    return model.prompt("headline", text, source=article.language, words=most, characters=characters)


def beginning(model: Model, article: Article) -> str:
    """The article, or as much of it as fits the window: in news the most important stands first."""
    text = "\n\n".join(filter(None, [article.title, article.text]))
    return chunks(text, article.language, model.window - ROOM, model.count)[0]


def as_title(text: str) -> str:
    """The text without its full stop; that of an initial stays."""
    return str(_LAST_STOP.sub("", text))
