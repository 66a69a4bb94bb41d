"""A summary in the article's own language, however long the article."""

from collections.abc import Callable
from dataclasses import dataclass

from models.engines.protocol import Prompt
from models.model import Model
from summarizer.article import Article
from summarizer.checking.measure import is_whole, words
from summarizer.checking.numbers import unsupported
from summarizer.checking.tongue import is_in
from summarizer.options import SummaryOptions
from summarizer.reading import chunks, sentences
from summarizer.watch import Watch
from summarizer.writing.ask import ask
from summarizer.writing.tidy import tidy

ROOM = 256
"""Tokens of the window kept for the instruction round a text; the longest of the shipped cards takes 90."""

COUNTS = ("no sentence", "one sentence", "two sentences", "three sentences", "four sentences", "five sentences")

MAP_SENTENCES, MAP_WORDS = 4, 120
"""How much each part of a long article is summarised to before the parts are read together."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Sentences in the article's language, and how they were come by: written, or taken from the article."""

    sentences: tuple[str, ...]
    extracted: bool = False


def summarise(
    model: Model, article: Article, options: SummaryOptions, watch: Watch, on_sentence: Callable[[str], None]
) -> Draft:
    """At most the sentences and words asked for, each whole and without a number the article does not hold.

    `on_sentence` hears each sentence as soon as it is final. When nothing the model writes holds, the article's own
    first sentences that fit are taken. Raises UnsupportedDirection for a language the model does not know.
    """
    text = _shortened(model, article, watch)
    for most in (options.words, max(options.words // 2, 5)):
        pick = _Pick(article, options, on_sentence)
        prompt = _prompt(model, text, article.language, options.sentences, most)
        _write(model, prompt, article.language, watch, pick)
        if pick.chosen:
            return Draft(tuple(pick.chosen))
    pick = _Pick(article, options, on_sentence)
    for sentence in lead(article):
        pick.offer(sentence)
    return Draft(tuple(pick.chosen), extracted=True)


def lead(article: Article) -> list[str]:
    """The article's sentences in order, headings left out unless there is nothing else."""
    prose = [paragraph for paragraph in article.paragraphs if paragraph.kind != "heading"] or article.paragraphs
    return [
        " ".join(sentence.text.split())
        for paragraph in prose
        for sentence in sentences(paragraph.text, paragraph.language or article.language)
    ]


class _Pick:
    """The sentences of an answer that may stand, taken as they come."""

    def __init__(self, article: Article, options: SummaryOptions, on_sentence: Callable[[str], None]) -> None:
        self.chosen: list[str] = []
        self._source = f"{article.title or ''}\n{article.text}"
        self._language = article.language
        self._options = options
        self._on_sentence = on_sentence
        self._full = False

    def offer(self, sentence: str) -> bool:
        """Takes a sentence if it is sound and fits; returns whether the answer is full."""
        if not self._full and self._sound(sentence):
            self._full = not self._fits(sentence)
            if not self._full:
                self.chosen.append(sentence)
                self._on_sentence(sentence)
                self._full = len(self.chosen) >= self._options.sentences
        return self._full

    def _sound(self, sentence: str) -> bool:
        return (
            bool(sentence)
            and is_whole(sentence, self._language)
            and sentence not in self.chosen
            and not unsupported(sentence, self._source)
            and is_in(sentence, self._language)
        )

    def _fits(self, sentence: str) -> bool:
        return words(" ".join([*self.chosen, sentence]), self._language) <= self._options.words


def _prompt(model: Model, text: str, language: str, count: int, most: int) -> Prompt:
    number = COUNTS[count] if count < len(COUNTS) else f"{count} sentences"
    return model.prompt("summarise", text, source=language, sentences=number, words=most)


def _write(model: Model, prompt: Prompt, language: str, watch: Watch, pick: _Pick) -> None:
    written = ""

    def step(_index: int, piece: str) -> bool:
        # A sentence is final once another has begun behind it: "U.S." may still go on.
        nonlocal written
        written += piece
        return any(map(pick.offer, _split(written, language)[:-1]))

    (hypothesis,) = ask(model, [prompt], model.card.decoding("summarise"), watch, step)
    whole = _split(hypothesis.text, language)
    for sentence in whole if hypothesis.finish == "end" else whole[:-1]:
        pick.offer(sentence)


def _split(text: str, language: str) -> list[str]:
    return [sentence.text.strip() for sentence in sentences(tidy(text), language)]


def _shortened(model: Model, article: Article, watch: Watch) -> str:
    """The article's text, or, where it does not fit the window, summaries of its parts in order."""
    budget = model.window - model.card.decoding("summarise").max_tokens - ROOM
    text = "\n\n".join(filter(None, [article.title, article.text]))
    while model.count(text) > budget:
        parts = chunks(text, article.language, budget, model.count)
        watch.progress("reading", 0, len(parts))
        prompts = [_prompt(model, part, article.language, MAP_SENTENCES, MAP_WORDS) for part in parts]
        found = ask(model, prompts, model.card.decoding("summarise"), watch)
        shorter = "\n\n".join(tidy(hypothesis.text) for hypothesis in found)
        if model.count(shorter) >= model.count(text):  # a model that only repeats would never end
            return parts[0]
        text = shorter
    return text
