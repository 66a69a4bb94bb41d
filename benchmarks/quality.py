"""Measures the quality and factuality of Lede's output, compared with the model alone and the lead-3 baseline.

    python -m benchmarks.quality                 generates and scores; outputs already in --answers are reused
    python -m benchmarks.quality --articles 6    only the first articles of each language
    python -m benchmarks.quality --summaries     no notifications, in half the time
    python -m benchmarks.quality --score         only scores existing outputs

The articles and references are test data in ../shared/eval, which is not distributed. Systems:

- lead-3: the first three sentences of the article, without headings.
- bare: the same model with greedy search and a plain prompt that states the same limits.
- lede: `Desk.summarise` and `Desk.blurb` with their defaults.

Each generates a summary in the language of the article (at most 3 sentences, 100 words) and, except lead-3, a
notification (title 50, body 178 characters). Scores: ROUGE-L F1 (longest common subsequence of tokens; a token is a
word, or one letter in scripts without spaces) and chrF (sacrebleu), with 95 % bootstrap intervals (1,000 resamplings
of the articles). Factuality: outputs with a number or a name that the article does not mention, by Lede's checker,
which benchmarks.checker measures. Limits: outputs over their limits. Cut: outputs that do not end like a sentence.
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
OUTPUTS = Path("build/quality.jsonl")
SENTENCES, WORDS = 3, 100
TITLE, BODY = 50, 178

_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]|[\p{L}\p{M}\p{N}]+", regex.VERSION1
)
_CHRF = CHRF()


@dataclass(frozen=True)
class QualityCase:
    """One article of the set, with its reference summary."""

    id: str
    article: Article
    reference: str


@dataclass(frozen=True)
class SystemOutput:
    """The output of one system for one article; the summary is empty if it failed."""

    id: str
    system: str
    summary: str
    title: str = ""
    body: str = ""


def cases(limit: int | None) -> list[QualityCase]:
    """Returns the articles, at most `limit` per language."""
    rows = [json.loads(line) for line in (EVAL / "summarisation/articles.jsonl").read_text("utf-8").splitlines()]
    counts: dict[str, int] = defaultdict(int)
    chosen = []
    for row in rows:
        counts[row["lang"]] += 1
        if limit is None or counts[row["lang"]] <= limit:
            article = read(text=row["text"], title=row.get("title"), source_language=row["lang"])
            chosen.append(QualityCase(row["id"], article, row["summary"]))
    return chosen


class BareModel:
    """The model with a plain prompt."""

    def __init__(self, pool: Pool, loaded: LoadedEngine, card: ModelCard, *, notify: bool) -> None:
        self._pool = pool
        self._loaded = loaded
        self._card = card
        self._notify = notify

    def __call__(self, case: QualityCase) -> SystemOutput:
        """Returns a summary, and a notification if enabled."""
        language = name(case.article.language)
        summary = self._ask(
            case, f"Summarise the following article in {language}, in at most {SENTENCES} sentences and {WORDS} words."
        )
        if not self._notify:
            return SystemOutput(case.id, "bare", summary)
        title = self._ask(
            case, f"Write the title of a push notification about the article in {language}, at most {TITLE} characters."
        )
        body = self._ask(
            case, f"Write the body of a push notification about the article in {language}, at most {BODY} characters."
        )
        return SystemOutput(case.id, "bare", summary, title, body)

    def _ask(self, case: QualityCase, instruction: str) -> str:
        before, after = self._loaded.chat("", "\x00\n\n" + instruction, {}).split("\x00")
        room = self._card.window - 600
        text = case.article.text
        while self._loaded.engine.count(text) > room:
            text = text[: int(len(text) * 0.9)]
        prompt = Prompt((Markup(before), Text(text), Markup(after)))
        with self._pool.use(self._card.id) as model:
            (hypothesis,) = model.generate([prompt], Decoding(max_tokens=320))
        return hypothesis.text.strip()


def lede(desk: Desk, case: QualityCase, *, notify: bool) -> SystemOutput:
    """Returns the output of Lede's Desk, with a notification if enabled."""
    source = Source(text=case.article.text, title=case.article.title, source_language=case.article.language)
    summary = title = body = ""
    try:
        summary = desk.summarise(source, SummaryOptions(max_sentences=SENTENCES, max_words=WORDS)).text
    except LedeError as error:
        print(f"{case.id}: {error}", file=sys.stderr)
    if not notify:
        return SystemOutput(case.id, "lede", summary)
    try:
        wording = desk.blurb(source, BlurbOptions((case.article.language,))).blurbs[0].wording
        title, body = wording.title, wording.body
    except LedeError as error:
        print(f"{case.id}: {error}", file=sys.stderr)
    return SystemOutput(case.id, "lede", summary, title, body)


def write_outputs(chosen: list[QualityCase], path: Path, *, notify: bool) -> None:
    """Adds missing outputs to the file."""
    settings = ModelSettings()
    catalogue = open_catalogue(settings)
    card = catalogue[settings.model]
    loaded = Loader(settings)(card)
    desk = Desk(Pool(catalogue, lambda _card: loaded), settings)
    systems: dict[str, Callable[[QualityCase], SystemOutput]] = {
        "lead-3": lambda case: SystemOutput(case.id, "lead-3", _joined(article_sentences(case.article)[:SENTENCES])),
        "bare": BareModel(desk.pool, loaded, card, notify=notify),
    }
    systems["lede"] = lambda case: lede(desk, case, notify=notify)
    there = {(answer.id, answer.system) for answer in read_outputs(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for case in chosen:
            for system, make in systems.items():
                if (case.id, system) not in there and closest(case.article.language, card.languages):
                    file.write(json.dumps(vars(make(case)), ensure_ascii=False) + "\n")
                    file.flush()
                    print(f"{system:8} {case.id}", file=sys.stderr)


def read_outputs(path: Path) -> list[SystemOutput]:
    """Returns the outputs in a file."""
    return [SystemOutput(**json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def rouge_l(hypothesis: str, reference: str) -> float:
    """Returns ROUGE-L F1, 0 to 100, for tokens of any script."""
    tokens, reference_tokens = (_TOKEN.findall(text.casefold()) for text in (hypothesis, reference))
    common = LCSseq.similarity(tokens, reference_tokens)
    return 200 * common / (len(tokens) + len(reference_tokens)) if common else 0.0


def chrf(hypothesis: str, reference: str) -> float:
    """Returns sentence chrF, 0 to 100."""
    return float(_CHRF.sentence_score(hypothesis, [reference]).score)


def interval(values: list[float], samples: int = 1000) -> tuple[float, float]:
    """Returns the 95 % bootstrap interval of the mean."""
    rng = random.Random(4)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(samples))
    return means[int(samples * 0.025)], means[int(samples * 0.975)]


def defects(answer: SystemOutput, case: QualityCase, *, notify: bool) -> Iterator[str]:
    """Yields the kinds of defects of an output."""
    language, checker = case.article.language, ArticleChecker(case.article)
    for text in filter(None, (answer.summary, answer.title, answer.body)):
        for sentence in sentences(text, language):
            kinds = {finding.kind for finding in checker.check(sentence.text.strip(), language).findings}
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


def score(chosen: list[QualityCase], path: Path, *, notify: bool) -> dict[str, dict[str, Any]]:
    """Returns the figures of each system: means, intervals, and the number of outputs with each defect."""
    by_id = {case.id: case for case in chosen}
    outputs: dict[str, dict[str, SystemOutput]] = defaultdict(dict)
    for answer in read_outputs(path):
        if answer.id in by_id:
            outputs[answer.system][answer.id] = answer
    common = sorted(set.intersection(*(set(group) for group in outputs.values())))
    figures: dict[str, dict[str, Any]] = {}
    for system, group in outputs.items():
        pairs = [(group[one], by_id[one]) for one in common]
        counts: dict[str, int] = defaultdict(int)
        for answer, case in pairs:
            for fault in set(defects(answer, case, notify=notify)):
                counts[str(fault)] += 1
        rouge = [rouge_l(answer.summary, case.reference) for answer, case in pairs]
        chars = [chrf(answer.summary, case.reference) for answer, case in pairs]
        figures[system] = {
            "rouge-l": (sum(rouge) / len(rouge), *interval(rouge)),
            "chrf": (sum(chars) / len(chars), *interval(chars)),
            "defects": dict(counts),
            "articles": len(pairs),
        }
    return figures


def _joined(texts: list[str]) -> str:
    return " ".join(texts)


def main() -> int:
    """Generates, scores and prints; returns 1 if Lede has a wrong number, or an output over a limit or cut."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, help="maximum number of articles per language")
    parser.add_argument("--answers", type=Path, default=OUTPUTS)
    parser.add_argument("--summaries", action="store_true", help="no notifications")
    parser.add_argument("--score", action="store_true", help="generate nothing")
    arguments = parser.parse_args()
    if not EVAL.is_dir():
        sys.exit(f"The evaluation sets are not at {EVAL}.")
    chosen = cases(arguments.articles)
    if not arguments.score:
        write_outputs(chosen, arguments.answers, notify=not arguments.summaries)
    figures = score(chosen, arguments.answers, notify=not arguments.summaries)
    for system, one in figures.items():
        rouge, chars = one["rouge-l"], one["chrf"]
        print(
            f"{system:8} ROUGE-L {rouge[0]:5.1f} [{rouge[1]:.1f}, {rouge[2]:.1f}]  chrF {chars[0]:5.1f} "
            f"[{chars[1]:.1f}, {chars[2]:.1f}]  of {one['articles']} articles: {one['faults']}"
        )
    prefix = f"{ModelSettings().model}|greedy|{SENTENCES} sentences, {WORDS} words|lede:{version('lede')}"
    print(f"signature: {prefix}|chrF {_CHRF.get_signature()}")
    return int(any(figures["lede"]["defects"].get(kind) for kind in (FindingKind.NUMBER, "over the limit", "cut")))


if __name__ == "__main__":
    sys.exit(main())
