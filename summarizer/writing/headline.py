"""Headlines in the article's own language, as the model writes them."""

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
"""Tokens of the window kept for the instruction and the answer."""

SPACED_WORD, UNSPACED_WORD = 7, 2
"""Characters of a headline's average word with its space, and of one where words are not spaced."""

MIN_WORDS = 3
"""Words that a line must have to say something."""

_LAST_STOP = regex.compile(r"(?<!\.\p{L})[.。।۔]$")


def headlines(
    model: Model, article: Article, widths: Sequence[int], watch: Watch, banned: tuple[str, ...] = ()
) -> list[str]:
    """A line for each width (in characters) that is aimed at. Raises UnsupportedDirection."""
    if "headline" not in model.card.tasks:
        return []
    text = leading_text(model, article)
    prompts = [headline_prompt(model, article, text, width) for width in widths]
    found = generate(model, prompts, model.card.decoding("headline").replace(banned=banned), watch)
    return [without_full_stop(tidy(answer.text)) for answer in found if answer.finish == "end"]


def headline_prompt(model: Model, article: Article, text: str, characters: int) -> Prompt:
    """Asks for a headline of the article that `text` is (the beginning of): models keep to words, not to characters."""
    most = max(characters // word_width(article.language), MIN_WORDS)
    return model.prompt("headline", text, source=article.language, words=most, characters=characters)


def word_width(language: str) -> int:
    """Characters that a word takes, its space included."""
    return SPACED_WORD if language == UNDETERMINED or is_spaced(language) else UNSPACED_WORD


def leading_text(model: Model, article: Article) -> str:
    """The article, or as much of it as fits the window: in news the most important stands first."""
    text = "\n\n".join(filter(None, [article.title, article.text]))
    return chunks(text, article.language, model.window - RESERVED_TOKENS, model.count)[0]


def without_full_stop(text: str) -> str:
    """The text without its full stop; that of an initial stays."""
    return str(_LAST_STOP.sub("", text))
