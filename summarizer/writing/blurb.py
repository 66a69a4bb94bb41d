"""Notifications: titles and bodies in the article's own language, and the choice of those that fit a screen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from models.engines.protocol import Prompt
from models.model import Model
from summarizer.article import Article
from summarizer.checking.measure import graphemes, is_whole, words
from summarizer.checking.numbers import unsupported
from summarizer.checking.tongue import is_in
from summarizer.editions import Wording
from summarizer.errors import CannotFit
from summarizer.languages import UNDETERMINED, is_spaced
from summarizer.options import Profile
from summarizer.reading import sentences
from summarizer.watch import Watch
from summarizer.writing.ask import ask
from summarizer.writing.headline import (
    LEAST,
    SPACED_WORD,
    UNSPACED_WORD,
    as_title,
    beginning,
    headline_prompt,
)
from summarizer.writing.phrases import beginnings
from summarizer.writing.summarise import lead
from summarizer.writing.tidy import tidy

TITLE_SHARES, BODY_SHARES = (0.85, 0.6, 0.4), (0.85, 0.5)
"""Parts of the limit that wordings are asked for: models overrun, and a translation of a short one still fits."""

TIGHTER = 0.6
"""Part of the limit that is aimed at when nothing fitted."""

MAX_TOKENS = 96

OWN = 3
"""Sentences of the article's own that stand in for what the model did not write."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What a notification's title and its body may say, each list the best first."""

    titles: tuple[str, ...]
    bodies: tuple[str, ...]

    def __add__(self, others: "Lines") -> "Lines":
        return Lines(self.titles + others.titles, self.bodies + others.bodies)


def draft(model: Model, article: Article, limits: Profile, watch: Watch) -> Lines:
    """Lines without a number that the article does not hold; not all fit, for they may still be translated.

    The article's own title is among them, and its first sentences where nothing written holds. Raises
    UnsupportedDirection.
    """
    text = beginning(model, article)
    widths = [int(limits.title_max * share) for share in TITLE_SHARES if "headline" in model.card.tasks]
    asked = [headline_prompt(model, article, text, width) for width in widths]
    asked += [_sentence(model, article, text, limits, share) for share in BODY_SHARES]
    decoding = model.card.decoding("headline").but(max_tokens=MAX_TOKENS)
    answers = [tidy(answer.text) for answer in ask(model, asked, decoding, watch) if answer.finish == "end"]
    bodies = _sound([first for answer in answers for first in _first(answer, article.language)], article)
    titles = [answer for answer in answers if answer not in bodies] + [article.title or ""]
    own = _sound(lead(article)[:OWN], article)
    return Lines(_sound(titles, article) or own, bodies or own)


def tighter(limits: Profile) -> Profile:
    """Limits to write for when nothing written for `limits` fitted them."""
    return Profile(int(limits.title_max * TIGHTER), int(limits.body_max * TIGHTER))


def choose(lines: Lines, limits: Profile, language: str, count: int) -> tuple[Wording, ...]:
    """Up to `count` wordings that fit, each line used once, the best first. Raises CannotFit if there is none."""
    titles = _fitting([as_title(title) for title in lines.titles], limits.title_max, language)
    bodies = [_closed(body) for body in _fitting(lines.bodies, limits.body_max - 1, language)]
    pairs = [
        Wording(title, body)
        for at, title in enumerate(titles)
        for body in [next((b for b in bodies[at:] + bodies[:at] if not _repeats(title, b)), None)]
        if body
    ]
    if not pairs and titles and bodies:
        pairs = [Wording(titles[0], bodies[0])]
    if not pairs:
        room = f"a title of {limits.title_max} and a body of {limits.body_max} characters"
        raise CannotFit(f"No notification in {language} fits {room}.")
    return tuple(pairs[:count])


def _sentence(model: Model, article: Article, text: str, limits: Profile, share: float) -> Prompt:
    spaced = article.language == UNDETERMINED or is_spaced(article.language)
    most = int(limits.body_max * share / (SPACED_WORD if spaced else UNSPACED_WORD))
    return model.prompt("summarise", text, source=article.language, sentences="one sentence", words=max(most, LEAST))


def _first(answer: str, language: str) -> list[str]:
    """The first sentence of an answer, if it is whole; a headline has none."""
    found = [sentence.text.strip() for sentence in sentences(answer, language)][:1]
    return [sentence for sentence in found if is_whole(sentence, language)]


def _sound(texts: Iterable[str], article: Article) -> tuple[str, ...]:
    source = f"{article.title or ''}\n{article.text}"
    held = (text for text in texts if text and not unsupported(text, source))
    return tuple(dict.fromkeys(text for text in held if is_in(text, article.language)))


def _closed(body: str) -> str:
    return body if regex.search(r"[\p{Po}\p{Pf}\p{Pe}\"]$", body) else body + "."


def _fitting(texts: Sequence[str], most: int, language: str) -> list[str]:
    """The texts that fit, and where none does, their first clauses that do."""
    fitting = [text for text in texts if text and graphemes(text) <= most]
    return fitting or list(dict.fromkeys(clause for text in texts for clause in _clauses(text, most, language)))


def _clauses(text: str, most: int, language: str) -> list[str]:
    """The longest beginning of a text that fits and says something."""
    fitting = [b for b in beginnings(text, language) if graphemes(b) <= most and words(b, language) >= LEAST]
    return fitting[-1:]


def _repeats(title: str, body: str) -> bool:
    return as_title(body).casefold().startswith(as_title(title).casefold())
