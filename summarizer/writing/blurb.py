"""Lines of a notification in the article's own language, as the model writes them."""

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
"""Parts of the limit that wordings are asked for: models overrun, and a translation of a short one still fits."""

MAX_TOKENS = 96


@dataclass(frozen=True, slots=True)
class BlurbLines:
    """What a notification's title and its body may say, each list the best first."""

    titles: tuple[str, ...]
    bodies: tuple[str, ...]


def blurb_lines(
    model: Model, article: Article, limits: Profile, watch: Watch, banned: tuple[str, ...] = ()
) -> BlurbLines:
    """Titles, and bodies of one whole sentence, aimed at several parts of the limits. Raises UnsupportedDirection.

    All are asked for at once: the model reads the article once.
    """
    text = leading_text(model, article)
    widths = [int(limits.title_max * share) for share in TITLE_SHARES if "headline" in model.card.tasks]
    asked = [headline_prompt(model, article, text, characters) for characters in widths]
    asked += [_sentence(model, article, text, int(limits.body_max * share)) for share in BODY_SHARES]
    decoding = model.card.decoding("headline").replace(max_tokens=MAX_TOKENS, banned=banned)
    streams = [SentenceStream(article.language) for _ in asked]

    def step(index: int, piece: str) -> bool:
        # A body is one sentence: what a model writes behind it is not waited for.
        stream = streams[index]
        is_first = not stream.told
        return is_first and any(is_complete(sentence, article.language) for sentence in stream.push(piece)[:1])

    found = generate(model, asked, decoding, watch, step)
    answers = [answer.text for answer in found if answer.finish != "length"]
    begun = [(tidy(answer), _first(answer, article.language)) for answer in answers]
    bodies = [sentence for _, first in begun for sentence in first]
    titles = [answer for answer, first in begun if not first]
    return BlurbLines(tuple(dict.fromkeys(titles)), tuple(dict.fromkeys(bodies)))


def _sentence(model: Model, article: Article, text: str, characters: int) -> Prompt:
    most = max(characters // word_width(article.language), MIN_WORDS)
    return model.prompt("summarise", text, source=article.language, sentences="one sentence", words=most)


def _first(answer: str, language: str) -> list[str]:
    """The first sentence of an answer, if it is whole; a headline has none."""
    return [sentence for sentence in answer_sentences(answer, language)[:1] if is_complete(sentence, language)]
