"""The workload of every server: a summary, blurbs and a translation of each article."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.card import TURN_FIELDS, ChatPrompt, ModelCard
from models.loading import open_catalogue
from models.settings import ModelSettings
from summarizer.reading import sentences

ROOT = Path(__file__).parent.parent.parent
ARTICLES = ROOT.parent / "shared" / "eval" / "summarisation" / "articles.jsonl"
EXAMPLES = {"en": "voa-2016-02-02-coalition.txt", "fr": "tramway-fr.txt", "zh": "reservoir-zh.txt"}

LONGEST = 8000
"""The maximum length of an article in characters, which fits the context window of every server."""

LANGUAGES = ("en", "fr", "es")
"""The languages of the blurbs."""

Kind = Literal["summary", "blurb", "translation"]
Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Task:
    """One task on one article."""

    kind: Kind
    language: str
    text: str

    @property
    def target(self) -> str:
        """The target language of a translation."""
        return "fr" if self.language == "en" else "en"


def tasks(articles: int) -> list[Task]:
    """Returns three tasks for each article; the tasks of one article are adjacent, as in practice."""
    card = bundled()
    candidates = [(language, (ROOT / "examples" / name).read_text("utf-8")) for language, name in EXAMPLES.items()]
    if ARTICLES.exists():
        rows = map(json.loads, ARTICLES.read_text("utf-8").splitlines())
        candidates += [(row["lang"], f"{row['title']}\n{row['text']}") for row in rows]
    fitting = [pair for pair in candidates if pair[0] in card.languages and len(pair[1]) <= LONGEST][:articles]
    if len(fitting) < articles:
        raise SystemExit(f"Only {len(fitting)} articles are available, not {articles}.")
    return [
        Task(kind, language, beginning(text, language) if kind == "translation" else text)
        for language, text in fitting
        for kind in ("summary", "blurb", "translation")
    ]


def beginning(text: str, language: str) -> str:
    """Returns the first three paragraphs of an article below its title; if it has fewer, the first six sentences."""
    lines = [line for line in text.splitlines() if line.strip()]
    paragraphs = lines[1:] or lines
    if len(paragraphs) < 3:
        leading = list(sentences(" ".join(paragraphs), language))[:6]
        return "".join(sentence.text + sentence.trailing_space for sentence in leading)
    return "\n".join(paragraphs[:3])


def bundled() -> ModelCard:
    """Returns the card of the model that all servers run."""
    return open_catalogue(ModelSettings())["Qwen/Qwen2.5-Coder-1.5B-Instruct"]


def call_chain(job: Task) -> "CallChain":
    """Returns the calls of a task to a chat server, with the prompts of Lede's model card."""
    return CallChain(job, bundled())


class CallChain:
    """The calls of one task. A blurb is written in the language of the article and translated, as in Lede."""

    def __init__(self, job: Task, card: ModelCard) -> None:
        assert isinstance(card.prompt, ChatPrompt)
        self.job = job
        self._card = card
        self._prompt = card.prompt

    def first(self) -> list[tuple[Messages, int]]:
        """Returns the messages and maximum tokens of each call that does not depend on others."""
        job = self.job
        if job.kind == "summary":
            return [self._turn("summarise", job.text, 320, sentences="two sentences", words=60)]
        if job.kind == "translation":
            return [self._translation(line, job.target) for line in job.text.splitlines() if line.strip()]
        headline = self._turn("headline", job.text, 48, words=6, characters=45)
        return [headline, self._turn("summarise", job.text, 96, sentences="one sentence", words=20)]

    def then(self, answers: list[str]) -> list[tuple[Messages, int]]:
        """Returns the calls that need the first answers: the lines of a blurb in the other languages."""
        if self.job.kind != "blurb":
            return []
        others = [language for language in LANGUAGES if language != self.job.language]
        return [self._translation(answer, language) for language in others for answer in answers]

    def _translation(self, text: str, target: str) -> tuple[Messages, int]:
        return self._turn("translate", text, 512, target=self._card.languages[target])

    def _turn(
        self, task: Literal["summarise", "headline", "translate"], text: str, max_tokens: int, **fields: object
    ) -> tuple[Messages, int]:
        source = self._card.languages[self.job.language]
        # Fields that a plain client does not have, such as glossary notes, are empty, as in Lede by default.
        known = dict.fromkeys(TURN_FIELDS[task], "") | {"text": text, "source": source} | fields
        user = self._prompt.turns[task].format(**known)
        return [{"role": "system", "content": self._prompt.system}, {"role": "user", "content": user}], max_tokens
