"""Titles and bodies of notifications in the article's language, as the model writes them."""

from dataclasses import dataclass

from models.model import Model
from models.protocol import Prompt
from summarizer.article import Article
from summarizer.checking.measure import is_complete
from summarizer.options import Profile
from summarizer.watch import Watch
from summarizer.writing.generate import generate
from summarizer.writing.headline import MIN_WORDS, headline_prompt, leading_text, word_width
from summarizer.writing.stream import SentenceStream, answer_sentences
from summarizer.writing.tidy import tidy

TITLE_SHARES, BODY_SHARES = (0.85, 0.6, 0.4), (0.85, 0.5)
"""Shares of the limits that are requested: models exceed limits, and the translation of a shorter line still fits."""

MAX_TOKENS = 96


@dataclass(frozen=True, slots=True)
class BlurbLines:
    """Titles and bodies for a notification, the best first."""

    titles: tuple[str, ...]
    bodies: tuple[str, ...]


def blurb_lines(
    model: Model, article: Article, limits: Profile, watch: Watch, banned: tuple[str, ...] = ()
) -> BlurbLines:
    """Returns titles and bodies of one complete sentence, of several lengths. Raises UnsupportedDirection.

    All prompts are one batch, so that the model reads the article once.
    """
    text = leading_text(model, article)
    widths = [int(limits.title_max * share) for share in TITLE_SHARES if "headline" in model.card.tasks]
    prompts = [headline_prompt(model, article, text, characters) for characters in widths]
    prompts += [_sentence(model, article, text, int(limits.body_max * share)) for share in BODY_SHARES]
    decoding = model.card.decoding("headline").replace(max_tokens=MAX_TOKENS, banned=banned)
    streams = [SentenceStream(article.language) for _ in prompts]

    def step(index: int, piece: str) -> bool:
        # A body is one sentence: generation stops after it.
        stream = streams[index]
        is_first = not stream.final
        return is_first and any(is_complete(sentence, article.language) for sentence in stream.push(piece)[:1])

    hypotheses = generate(model, prompts, decoding, watch, step)
    texts = [hypothesis.text for hypothesis in hypotheses if hypothesis.finish != "length"]
    answers = [(tidy(text), _first(text, article.language)) for text in texts]
    bodies = [sentence for _, first in answers for sentence in first]
    titles = [answer for answer, first in answers if not first]
    return BlurbLines(tuple(dict.fromkeys(titles)), tuple(dict.fromkeys(bodies)))


def _sentence(model: Model, article: Article, text: str, characters: int) -> Prompt:
    most = max(characters // word_width(article.language), MIN_WORDS)
    return model.prompt("summarise", text, source=article.language, sentences="one sentence", words=most)


def _first(answer: str, language: str) -> list[str]:
    """The first sentence of an answer, if it is complete; a headline has none."""
    return [sentence for sentence in answer_sentences(answer, language)[:1] if is_complete(sentence, language)]
