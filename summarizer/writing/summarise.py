"""Sentences about an article of any length, as the model writes them: not yet judged."""

from collections.abc import Callable, Sequence

import regex

from models.model import Model
from models.protocol import Prompt
from summarizer.article import Article
from summarizer.reading import chunks, sentences
from summarizer.watch import Watch
from summarizer.writing.generate import generate
from summarizer.writing.stream import SentenceStream, answer_sentences
from summarizer.writing.tidy import tidy

PROMPT_TOKENS = 256
"""Tokens of the window kept for the instruction round a text; the longest of the shipped cards takes 90."""

COUNTS = ("no sentence", "one sentence", "two sentences", "three sentences", "four sentences", "five sentences")

MAP_SENTENCES, MAP_WORDS = 4, 120
"""How much each part of a long article is summarised to before the parts are read together."""

MIN_WORDS = 5
"""Words under which no summary is asked for."""

_AGENCIES = "AP AFP ANSA BBC CNN dpa DPA EFE IANS Kyodo Lusa PTI Reuters REUTERS UPI Xinhua Yonhap ТАСС رويترز"
_AGENCY = rf"\((?:{'|'.join(_AGENCIES.split())})\b[^()]{{0,20}}\)"
_DATELINE = regex.compile(
    rf"^(?:{_AGENCY}\s*(?:--?|[–—])?|[^()!?]{{0,50}}{_AGENCY}\s*(?:--?|[–—])\s"
    r"|\p{Lu}{2,}[\p{Lu} .,'’-]{0,40}\s(?:--|—)\s)\s*(?=[\p{Lu}\p{Lo}\p{Pi}\"])"
)
"""`(CNN) -- `, `PARIS, 12 mars (AFP) - `, `WASHINGTON — `: an agency's name, or a place in capitals and a long dash."""


class Summariser:
    """Writes about one article, which is read in parts where it does not fit the model's window.

    `language` is the card's tag of the language to write in.
    """

    def __init__(self, model: Model, article: Article, language: str, watch: Watch) -> None:
        self._model = model
        self._language = language
        self._watch = watch
        self._decoding = model.card.decoding("summarise")
        self._text = self._shortened("\n\n".join(filter(None, [article.title, article.text])))

    def write(self, count: int, words: int, offer: Callable[[str], bool]) -> None:
        """Offers each sentence as soon as it is final; `offer` returns whether it wants no more.

        Raises UnsupportedDirection for a language the model does not know.
        """
        stream = SentenceStream(self._language)

        def step(_index: int, piece: str) -> bool:
            return any(map(offer, stream.push(piece)))

        (hypothesis,) = generate(
            self._model, [self._prompt(self._text, count, words)], self._decoding, self._watch, step
        )
        for sentence in self._final(hypothesis.text, whole=hypothesis.finish == "end")[stream.told :]:
            offer(sentence)

    def rewrite(self, wishes: Sequence[tuple[int, int]], banned: tuple[str, ...]) -> list[tuple[list[str], float]]:
        """Other answers, without the banned phrases: one for each number of sentences and of words wished.

        Each is its sentences, and the mean log-probability of its tokens.
        """
        prompts = [self._prompt(self._text, count, max(words, MIN_WORDS)) for count, words in wishes]
        found = generate(self._model, prompts, self._decoding.replace(banned=banned), self._watch)
        return [
            (self._final(hypothesis.text, whole=hypothesis.finish == "end"), hypothesis.score) for hypothesis in found
        ]

    def _prompt(self, text: str, count: int, words: int) -> Prompt:
        number = COUNTS[count] if count < len(COUNTS) else f"{count} sentences"
        return self._model.prompt("summarise", text, source=self._language, sentences=number, words=words)

    def _final(self, text: str, *, whole: bool) -> list[str]:
        """The sentences of an answer, without the last where the answer was cut off."""
        found = answer_sentences(text, self._language)
        return found if whole else found[:-1]

    def _shortened(self, text: str) -> str:
        """The text, or, where it does not fit the window, summaries of its parts in order."""
        budget = self._model.window - self._decoding.max_tokens - PROMPT_TOKENS
        while self._model.count(text) > budget:
            parts = chunks(text, self._language, budget, self._model.count)
            self._watch.progress("reading", 0, len(parts))
            prompts = [self._prompt(part, MAP_SENTENCES, MAP_WORDS) for part in parts]
            found = generate(self._model, prompts, self._decoding, self._watch)
            shorter = "\n\n".join(tidy(hypothesis.text) for hypothesis in found)
            if self._model.count(shorter) >= self._model.count(text):  # a model that only repeats would never end
                return parts[0]
            text = shorter
        return text


def article_sentences(article: Article) -> list[str]:
    """The article's sentences in order, without its dateline; headings are left out unless there is nothing else."""
    prose = [paragraph for paragraph in article.paragraphs if paragraph.kind != "heading"] or article.paragraphs
    found = [
        " ".join(sentence.text.split())
        for paragraph in prose
        for sentence in sentences(paragraph.text, paragraph.language or article.language)
    ]
    return [*(_DATELINE.sub("", first) for first in found[:1]), *found[1:]]
