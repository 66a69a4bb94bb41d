"""The work that every server is given: a summary, blurbs and a translation of each article."""

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
"""Characters of an article: what every server's window holds."""

LANGUAGES = ("en", "fr", "es")
"""Of the blurbs."""

Kind = Literal["summary", "blurb", "translation"]
Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that a caller wants of one article."""

    kind: Kind
    language: str
    text: str

    @property
    def target(self) -> str:
        """The language that a translation is wanted in."""
        return "fr" if self.language == "en" else "en"


def jobs(articles: int) -> list[Job]:
    """Three jobs of each of so many articles, those of one article together, as they come when a story breaks."""
    card = bundled()
    found = [(language, (ROOT / "examples" / name).read_text("utf-8")) for language, name in EXAMPLES.items()]
    if ARTICLES.exists():
        rows = map(json.loads, ARTICLES.read_text("utf-8").splitlines())
        found += [(row["lang"], f"{row['title']}\n{row['text']}") for row in rows]
    fitting = [pair for pair in found if pair[0] in card.languages and len(pair[1]) <= LONGEST][:articles]
    if len(fitting) < articles:
        raise SystemExit(f"There are {len(fitting)} articles here, not {articles}.")
    return [
        Job(kind, language, beginning(text, language) if kind == "translation" else text)
        for language, text in fitting
        for kind in ("summary", "blurb", "translation")
    ]


def beginning(text: str, language: str) -> str:
    """An article's first three paragraphs below its title; of one that has fewer, the first six sentences."""
    lines = [line for line in text.splitlines() if line.strip()]
    paragraphs = lines[1:] or lines
    if len(paragraphs) < 3:
        found = list(sentences(" ".join(paragraphs), language))[:6]
        return "".join(sentence.text + sentence.trailing_space for sentence in found)
    return "\n".join(paragraphs[:3])


def bundled() -> ModelCard:
    """The card of the model that all servers run."""
    return open_catalogue(ModelSettings())["Qwen/Qwen2.5-Coder-1.5B-Instruct"]


def chain(job: Job) -> "Chain":
    """What a plain program asks a chat server for the job: the same turns that Lede's card has, one after the other."""
    return Chain(job, bundled())


class Chain:
    """The calls of one job. A blurb is written in the article's language and translated, as Lede does."""

    def __init__(self, job: Job, card: ModelCard) -> None:
        assert isinstance(card.prompt, ChatPrompt)
        self.job = job
        self._card = card
        self._prompt = card.prompt

    def first(self) -> list[tuple[Messages, int]]:
        """Messages and the most tokens of each call that can be made at once."""
        job = self.job
        if job.kind == "summary":
            return [self._turn("summarise", job.text, 320, sentences="two sentences", words=60)]
        if job.kind == "translation":
            return [self._translation(line, job.target) for line in job.text.splitlines() if line.strip()]
        headline = self._turn("headline", job.text, 48, words=6, characters=45)
        return [headline, self._turn("summarise", job.text, 96, sentences="one sentence", words=20)]

    def then(self, answers: list[str]) -> list[tuple[Messages, int]]:
        """The calls that need the first ones' answers: a blurb's lines in the other languages."""
        if self.job.kind != "blurb":
            return []
        others = [language for language in LANGUAGES if language != self.job.language]
        return [self._translation(answer, language) for language in others for answer in answers]

    def _translation(self, text: str, target: str) -> tuple[Messages, int]:
        return self._turn("translate", text, 512, target=self._card.languages[target])

    def _turn(
        self, task: Literal["summarise", "headline", "translate"], text: str, most: int, **fields: object
    ) -> tuple[Messages, int]:
        source = self._card.languages[self.job.language]
        # What a plain program has nothing to say about (a glossary's notes) stays empty, as where Lede has nothing.
        known = dict.fromkeys(TURN_FIELDS[task], "") | {"text": text, "source": source} | fields
        user = self._prompt.turns[task].format(**known)
        return [{"role": "system", "content": self._prompt.system}, {"role": "user", "content": user}], most
