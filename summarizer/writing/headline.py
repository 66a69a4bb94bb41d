"""Headlines in the article's language, as the model writes them."""

from collections.abc import Sequence

import regex

from models.model import Model
from models.protocol import Prompt
from summarizer.article import Article
from summarizer.languages import UNDETERMINED, is_spaced
from summarizer.reading import chunks
from summarizer.watch import Watch
from summarizer.writing.generate import generate
from summarizer.writing.tidy import tidy

RESERVED_TOKENS = 384
"""Tokens of the context window reserved for the instruction and the answer."""

SPACED_WORD, UNSPACED_WORD = 7, 2
"""Average characters of a headline's word, including its space, in languages with and without spaces."""

MIN_WORDS = 3
"""Minimum words of a line."""

_LAST_STOP = regex.compile(r"(?<!\.\p{L})[.。।۔]$")


def headlines(
    model: Model, article: Article, widths: Sequence[int], watch: Watch, banned: tuple[str, ...] = ()
) -> list[str]:
    """Returns a headline for each target width, in characters. Raises UnsupportedDirection."""
    if "headline" not in model.card.tasks:
        return []
    text = leading_text(model, article)
    prompts = [headline_prompt(model, article, text, width) for width in widths]
    hypotheses = generate(model, prompts, model.card.decoding("headline").replace(banned=banned), watch)
    return [without_full_stop(tidy(one.text)) for one in hypotheses if one.finish == "end"]


def headline_prompt(model: Model, article: Article, text: str, characters: int) -> Prompt:
    """Returns the prompt for a headline of `text`, the article or its beginning.

    It states words as well as characters, because models follow a number of words better.
    """
    most = max(characters // word_width(article.language), MIN_WORDS)
    return model.prompt("headline", text, source=article.language, words=most, characters=characters)


def word_width(language: str) -> int:
    """Returns the average characters of a word, including its space."""
    return SPACED_WORD if language == UNDETERMINED or is_spaced(language) else UNSPACED_WORD


def leading_text(model: Model, article: Article) -> str:
    """Returns as much of the article as fits the context window: news starts with what matters most."""
    text = "\n\n".join(filter(None, [article.title, article.text]))
    return chunks(text, article.language, model.window - RESERVED_TOKENS, model.count)[0]


def without_full_stop(text: str) -> str:
    """Returns the text without its full stop, except that of an initial."""
    return str(_LAST_STOP.sub("", text))
