"""How good and how true what Lede writes is, beside the bare model and the article's first three sentences.

    python -m benchmarks.quality                 writes and scores all; what is in --answers is not written again
    python -m benchmarks.quality --articles 6    only the first so many of each language
    python -m benchmarks.quality --summaries     no notifications: half the time
    python -m benchmarks.quality --score         scores what is there

The articles and references are test data that is not shipped: they are looked for in ../shared/eval. Systems:

- lead-3: the article's first three sentences, headings left out.
- bare: the same model and greedy search with a plain prompt that states the same limits, and nothing else.
- lede: `Desk.summarise` and `Desk.blurb` with their defaults.

Each writes a summary in the article's language (at most 3 sentences, 100 words) and, but for lead-3, a notification
(title 50, body 178 characters). Scores: ROUGE-L F1 (longest common subsequence of tokens; a token is a word, or one
letter of a script without spaces) and chrF (sacrebleu), with 95 % intervals over 1,000 resamplings of the articles.
Truth: answers with a number or a name that the article does not hold, by Lede's own checker, which benchmarks.checker
measures apart. Limits: answers over theirs. Cut: answers that do not end as sentences do.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import regex
from rapidfuzz.distance import LCSseq
from sacrebleu import CHRF

from models.card import ModelCard
from models.loading import Loader, open_catalogue
from models.model import LoadedEngine
from models.pool import Pool
from models.protocol import Decoding, Markup, Prompt, Text
from models.settings import ModelSettings
from summarizer.article import Article
from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.findings import UNSUPPORTED, FindingKind
from summarizer.checking.measure import graphemes, is_complete, words
from summarizer.desk import Desk, Source
from summarizer.errors import LedeError
from summarizer.languages import closest, name
from summarizer.options import BlurbOptions, SummaryOptions
from summarizer.reading import read, sentences
from summarizer.writing.summarise import article_sentences

EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval"
ANSWERS = Path("build/quality.jsonl")
SENTENCES, WORDS = 3, 100
TITLE, BODY = 50, 178

_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}]+", regex.VERSION1
)
_CHRF = CHRF()


@dataclass(frozen=True)
class Case:
    """One article of the set as Lede reads it, with what an editor wrote about it."""

    id: str
    article: Article
    reference: str


@dataclass(frozen=True)
class Answer:
    """What one system wrote about one article; an empty summary where it gave an error."""

    id: str
    system: str
    summary: str
    title: str = ""
    body: str = ""


def cases(most: int | None) -> list[Case]:
    """The articles, at most so many of a language."""
    rows = [json.loads(line) for line in (EVAL / "summarisation/articles.jsonl").read_text("utf-8").splitlines()]
    seen: dict[str, int] = defaultdict(int)
    chosen = []
    for row in rows:
        seen[row["lang"]] += 1
        if most is None or seen[row["lang"]] <= most:
            article = read(text=row["text"], title=row.get("title"), source_language=row["lang"])
            chosen.append(Case(row["id"], article, row["summary"]))
    return chosen


class Bare:
    """The model with a plain prompt."""

    def __init__(self, pool: Pool, loaded: LoadedEngine, card: ModelCard, *, notify: bool) -> None:
        self._pool = pool
        self._loaded = loaded
        self._card = card
        self._notify = notify

    def __call__(self, case: Case) -> Answer:
        """A summary, and a notification unless there shall be none."""
        language = name(case.article.language)
        summary = self._ask(
            case, f"Summarise the following article in {language}, in at most {SENTENCES} sentences and {WORDS} words."
        )
        if not self._notify:
            return Answer(case.id, "bare", summary)
        title = self._ask(
            case, f"Write the title of a push notification about the article in {language}, at most {TITLE} characters."
        )
        body = self._ask(
            case, f"Write the body of a push notification about the article in {language}, at most {BODY} characters."
        )
        return Answer(case.id, "bare", summary, title, body)

    def _ask(self, case: Case, instruction: str) -> str:
        before, after = self._loaded.chat("", "\x00\n\n" + instruction, {}).split("\x00")
        room = self._card.window - 600
        text = case.article.text
        while self._loaded.engine.count(text) > room:
            text = text[: int(len(text) * 0.9)]
        prompt = Prompt((Markup(before), Text(text), Markup(after)))
        with self._pool.use(self._card.id) as model:
            (hypothesis,) = model.generate([prompt], Decoding(max_tokens=320))
        return hypothesis.text.strip()


def lede(desk: Desk, case: Case, *, notify: bool) -> Answer:
    """Lede's own, through the desk; without a notification unless there shall be one."""
    source = Source(text=case.article.text, title=case.article.title, source_language=case.article.language)
    summary = title = body = ""
    try:
        summary = desk.summarise(source, SummaryOptions(max_sentences=SENTENCES, max_words=WORDS)).text
    except LedeError as error:
        print(f"{case.id}: {error}", file=sys.stderr)
    if not notify:
        return Answer(case.id, "lede", summary)
    try:
        wording = desk.blurb(source, BlurbOptions((case.article.language,))).blurbs[0].wording
        title, body = wording.title, wording.body
    except LedeError as error:
        print(f"{case.id}: {error}", file=sys.stderr)
    return Answer(case.id, "lede", summary, title, body)


def write(chosen: list[Case], path: Path, *, notify: bool) -> None:
    """Adds the answers that are missing to the file."""
    settings = ModelSettings()
    catalogue = open_catalogue(settings)
    card = catalogue[settings.model]
    loaded = Loader(settings)(card)
    desk = Desk(Pool(catalogue, lambda _card: loaded), settings)
    systems: dict[str, Callable[[Case], Answer]] = {
        "lead-3": lambda case: Answer(case.id, "lead-3", _joined(article_sentences(case.article)[:SENTENCES])),
        "bare": Bare(desk.pool, loaded, card, notify=notify),
    }
    systems["lede"] = lambda case: lede(desk, case, notify=notify)
    there = {(answer.id, answer.system) for answer in answers(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for case in chosen:
            for system, make in systems.items():
                if (case.id, system) not in there and closest(case.article.language, card.languages):
                    file.write(json.dumps(vars(make(case)), ensure_ascii=False) + "\n")
                    file.flush()
                    print(f"{system:8} {case.id}", file=sys.stderr)


def answers(path: Path) -> list[Answer]:
    """What was written so far."""
    return [Answer(**json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def rouge_l(hypothesis: str, reference: str) -> float:
    """ROUGE-L F1, 0 to 100, over tokens of every script."""
    ours, theirs = (_TOKEN.findall(text.casefold()) for text in (hypothesis, reference))
    common = LCSseq.similarity(ours, theirs)
    return 200 * common / (len(ours) + len(theirs)) if common else 0.0


def chrf(hypothesis: str, reference: str) -> float:
    """Sentence chrF, 0 to 100."""
    return float(_CHRF.sentence_score(hypothesis, [reference]).score)


def interval(values: list[float], samples: int = 1000) -> tuple[float, float]:
    """The middle 95 % of the means of resamplings."""
    chance = random.Random(4)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(samples))
    return means[int(samples * 0.025)], means[int(samples * 0.975)]


def faults(answer: Answer, case: Case, *, notify: bool) -> Iterator[str]:
    """What is wrong with an answer, by kind."""
    language, ground = case.article.language, ArticleChecker(case.article)
    for text in filter(None, (answer.summary, answer.title, answer.body)):
        for sentence in sentences(text, language):
            kinds = {finding.kind for finding in ground.check(sentence.text.strip(), language).findings}
            yield from kinds & UNSUPPORTED
    if not answer.summary or (notify and answer.system != "lead-3" and not (answer.title and answer.body)):
        yield "no answer"
    if words(answer.summary, language) > WORDS or len(sentences(answer.summary, language)) > SENTENCES:
        yield "over the limit"
    if graphemes(answer.title) > TITLE or graphemes(answer.body) > BODY:
        yield "over the limit"
    if any(
        text and (not is_complete(text, language) or text.endswith(("…", "...")))
        for text in (answer.summary, answer.body)
    ):
        yield "cut"


def score(chosen: list[Case], path: Path, *, notify: bool) -> dict[str, dict[str, Any]]:
    """Every figure by system: means, intervals, and shares of answers with each fault."""
    by_id = {case.id: case for case in chosen}
    made: dict[str, dict[str, Answer]] = defaultdict(dict)
    for answer in answers(path):
        if answer.id in by_id:
            made[answer.system][answer.id] = answer
    common = sorted(set.intersection(*(set(group) for group in made.values())))
    figures: dict[str, dict[str, Any]] = {}
    for system, group in made.items():
        pairs = [(group[one], by_id[one]) for one in common]
        found: dict[str, int] = defaultdict(int)
        for answer, case in pairs:
            for fault in set(faults(answer, case, notify=notify)):
                found[str(fault)] += 1
        rouge = [rouge_l(answer.summary, case.reference) for answer, case in pairs]
        chars = [chrf(answer.summary, case.reference) for answer, case in pairs]
        figures[system] = {
            "rouge-l": (sum(rouge) / len(rouge), *interval(rouge)),
            "chrf": (sum(chars) / len(chars), *interval(chars)),
            "faults": dict(found),
            "articles": len(pairs),
        }
    return figures


def _joined(texts: list[str]) -> str:
    return " ".join(texts)


def main() -> int:
    """Writes, scores and prints; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, help="at most so many of a language")
    parser.add_argument("--answers", type=Path, default=ANSWERS)
    parser.add_argument("--summaries", action="store_true", help="no notifications")
    parser.add_argument("--score", action="store_true", help="write nothing")
    wanted = parser.parse_args()
    if not EVAL.is_dir():
        sys.exit(f"The evaluation sets are not at {EVAL}.")
    chosen = cases(wanted.articles)
    if not wanted.score:
        write(chosen, wanted.answers, notify=not wanted.summaries)
    figures = score(chosen, wanted.answers, notify=not wanted.summaries)
    for system, one in figures.items():
        rouge, chars = one["rouge-l"], one["chrf"]
        print(
            f"{system:8} ROUGE-L {rouge[0]:5.1f} [{rouge[1]:.1f}, {rouge[2]:.1f}]  chrF {chars[0]:5.1f} "
            f"[{chars[1]:.1f}, {chars[2]:.1f}]  of {one['articles']} articles: {one['faults']}"
        )
    made = f"{ModelSettings().model}|greedy|{SENTENCES} sentences, {WORDS} words|lede:{version('lede')}"
    print(f"signature: {made}|chrF {_CHRF.get_signature()}")
    return int(any(figures["lede"]["faults"].get(kind) for kind in (FindingKind.NUMBER, "over the limit", "cut")))


if __name__ == "__main__":
    sys.exit(main())
