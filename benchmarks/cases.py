"""Reads the evaluation articles with their reference summaries.

They are test data in ../shared/eval/summarisation, which is not distributed.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from summarizer.article import Article
from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.facts import FactKind, facts
from summarizer.reading import read, sentences

EVAL = Path(__file__).resolve().parents[2] / "shared" / "eval" / "summarisation" / "articles.jsonl"


@dataclass(frozen=True)
class CheckerCase:
    """An article with its reference summary, its checker and its names."""

    id: str
    language: str
    article: Article
    reference: tuple[str, ...]
    checker: ArticleChecker
    names: tuple[str, ...]


@cache
def cases(ids: tuple[str, ...] = ()) -> tuple[CheckerCase, ...]:
    """Returns the articles with these ids, or all."""
    rows = [json.loads(line) for line in EVAL.read_text("utf-8").splitlines()]
    return tuple(case_of(row) for row in rows if not ids or row["id"] in ids)


def case_of(row: dict[str, str]) -> CheckerCase:
    """Returns the case of one row of the set."""
    article = read(text=row["text"], title=row["title"] or None, source_language=row["lang"])
    reference = tuple(sentence.text for sentence in sentences(row["summary"], row["lang"]))
    all_facts = facts(article.text, row["lang"])
    names = sorted({fact.text for fact in all_facts if fact.kind == FactKind.NAME and len(fact.text) > 2})
    return CheckerCase(row["id"], row["lang"], article, reference, ArticleChecker(article), tuple(names))
