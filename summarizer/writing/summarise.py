"""Summaries of articles of any length, as the model writes them, before any check."""

from collections.abc import Callable, Sequence

import regex

from models.model import Model
from models.protocol import Hypothesis, Prompt
from summarizer.article import Article
from summarizer.reading import chunks, sentences
from summarizer.watch import Watch
from summarizer.writing.generate import generate
from summarizer.writing.stream import SentenceStream, answer_sentences
from summarizer.writing.tidy import tidy

PROMPT_TOKENS = 256
"""Tokens of the context window reserved for the instruction; the longest among the shipped cards has 90."""

COUNTS = ("no sentence", "one sentence", "two sentences", "three sentences", "four sentences", "five sentences")

MAP_SENTENCES, MAP_WORDS = 4, 120
"""The length to which each part of a long article is summarised before the parts are read together."""

MIN_WORDS = 5
"""Minimum number of words to request for a summary."""

_AGENCIES = "AP AFP ANSA BBC CNN dpa DPA EFE IANS Kyodo Lusa PTI Reuters REUTERS UPI Xinhua Yonhap ТАСС رويترز"
_AGENCY = rf"\((?:{'|'.join(_AGENCIES.split())})\b[^()]{{0,20}}\)"
_DATELINE = regex.compile(
    rf"^(?:{_AGENCY}\s*(?:--?|[–—])?|[^()!?]{{0,50}}{_AGENCY}\s*(?:--?|[–—])\s"
    r"|\p{Lu}{2,}[\p{Lu} .,'’-]{0,40}\s(?:--|—)\s)\s*(?=[\p{Lu}\p{Lo}\p{Pi}\"])"
)
"""`(CNN) -- `, `PARIS, 12 mars (AFP) - `, `WASHINGTON — `: an agency's name, or a place in capitals and a long dash."""


class Summariser:
    """Summarises one article, which is read in parts if it does not fit the model's context window.

    `language` is the language to write in, as a tag of the model's card.
    """

    def __init__(self, model: Model, article: Article, language: str, watch: Watch) -> None:
        self._model = model
        self._language = language
        self._watch = watch
        self._decoding = model.card.decoding("summarise")
        self._text = self._shortened("\n\n".join(filter(None, [article.title, article.text])))

    def write(self, count: int, words: int, offer: Callable[[str], bool]) -> None:
        """Passes each sentence to `offer` as soon as it is final, and stops when that returns True.

        Raises UnsupportedDirection for a language that the model does not support.
        """
        stream = SentenceStream(self._language)

        def step(_index: int, piece: str) -> bool:
            return any(map(offer, stream.push(piece)))

        (hypothesis,) = generate(
            self._model, [self._prompt(self._text, count, words)], self._decoding, self._watch, step
        )
        for sentence in self._sentences(hypothesis)[stream.final :]:
            offer(sentence)

    def rewrite(self, lengths: Sequence[tuple[int, int]], banned: tuple[str, ...]) -> list[tuple[list[str], float]]:
        """Returns other answers without the banned phrases, one for each pair of numbers of sentences and words.

        Each is a list of sentences, and the mean log-probability of its tokens.
        """
        prompts = [self._prompt(self._text, count, max(words, MIN_WORDS)) for count, words in lengths]
        hypotheses = generate(self._model, prompts, self._decoding.replace(banned=banned), self._watch)
        return [(self._sentences(hypothesis), hypothesis.score) for hypothesis in hypotheses]

    def _prompt(self, text: str, count: int, words: int) -> Prompt:
        number = COUNTS[count] if count < len(COUNTS) else f"{count} sentences"
        return self._model.prompt("summarise", text, source=self._language, sentences=number, words=words)

    def _sentences(self, hypothesis: Hypothesis) -> list[str]:
        """The complete sentences of an answer: without the last if the answer was cut off."""
        sentences = answer_sentences(hypothesis.text, self._language)
        return sentences if hypothesis.finish == "end" else sentences[:-1]

    def _shortened(self, text: str) -> str:
        """The text, or summaries of its parts in order if it does not fit the context window."""
        budget = self._model.window - self._decoding.max_tokens - PROMPT_TOKENS
        while self._model.count(text) > budget:
            parts = chunks(text, self._language, budget, self._model.count)
            self._watch.progress("reading", 0, len(parts))
            prompts = [self._prompt(part, MAP_SENTENCES, MAP_WORDS) for part in parts]
            summaries = generate(self._model, prompts, self._decoding, self._watch)
            shorter = "\n\n".join(tidy(summary.text) for summary in summaries)
            if self._model.count(shorter) >= self._model.count(text):  # else a model that only copies would never end
                return parts[0]
            text = shorter
        return text


def article_sentences(article: Article) -> list[str]:
    """Returns the article's sentences in order, without the dateline, and without headings if there is other text."""
    prose = [paragraph for paragraph in article.paragraphs if paragraph.kind != "heading"] or article.paragraphs
    texts = [
        " ".join(sentence.text.split())
        for paragraph in prose
        for sentence in sentences(paragraph.text, paragraph.language or article.language)
    ]
    return [*(_DATELINE.sub("", first) for first in texts[:1]), *texts[1:]]
