"""Measures how well the checker distinguishes true and false sentences: recall on changes, false alarms on references.

    python -m benchmarks.checker            prints every figure with its floor; exit code 1 if one is below
    python -m benchmarks.checker --update   raises the floors to the measured figures, and never lowers one
    python -m benchmarks.checker --missed   also prints undetected changes, and every finding on a reference
    python -m benchmarks.checker --translations   measures translations: see benchmarks/references.py

The articles are test data in ../shared/eval/summarisation, which is not distributed. Method:

- Changes are made to sentences of the articles, and to those of the reference summaries without findings. One thing is
  changed in each: a number (to one that is not in the article), a name (to one from another article in the language), a
  unit, a negation (removed), a hedge (removed or made certain), a future (made past), the subject of a number (by a
  participle), or the speaker. At most PER_KIND per language. Since few articles have a name with a number, a sentence
  for the change of subject is added to each.
  A change is detected if the checker reports a finding of its kind that the unchanged sentence does not have.
- A false alarm is a sentence of a reference with a wrong finding. The findings were judged by reading the articles;
  the entry `true` in checker.json lists facts that a reference states and its article does not.
"""

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import references
from benchmarks.cases import CheckerCase, case_of, cases
from benchmarks.changes import CHANGES, Change, change_name, table
from summarizer.checking.findings import CheckedSentence
from summarizer.reading import sentences

FLOORS = Path(__file__).with_name("checker_floors.json")
PER_KIND = 25
"""The number of changes of each kind per language."""

FOUND_BY = {
    "number": {"number", "date", "name"},  # the digits of Covid-19 belong to a name
    "unit": {"number"},
    "name": {"name"},
    "negation": {"negation"},
    "hedge": {"attribution", "modality", "limit"},
    "future": {"modality"},
    "actor": {"actor"},
    "speaker": {"actor"},
}
"""The kinds of findings that detect each kind of change."""

Figures = dict[str, float]


def changed_sentences(ids: tuple[str, ...] = ()) -> Iterator[tuple[str, CheckerCase, str, str]]:
    """Yields the kind of each change, its article, and the sentence before and after."""
    counts: Counter[tuple[str, str]] = Counter()
    makers: dict[str, Change] = {**CHANGES, "name": partial(change_name, cases(ids))}
    rng = random.Random(7)
    rngs = {kind: random.Random(kind) for kind in (*makers, "loss")}  # a new kind must not affect the samples of others
    for case in cases(ids):
        own = [text for paragraph in case.article.paragraphs for text in _texts(paragraph.text, case.language)]
        base = [*own, *(text for text in case.reference if not case.checker.check(text, case.language).findings)]
        for sentence in rng.sample(base, len(base)):
            for kind, make in makers.items():
                if counts[kind, case.language] < PER_KIND and (other := make(case, sentence, rngs[kind])):
                    counts[kind, case.language] += 1
                    yield kind, case, sentence, other
        yield from _losses(case, rngs["loss"])


def _losses(case: CheckerCase, rng: random.Random) -> Iterator[tuple[str, CheckerCase, str, str]]:
    """An article with an added sentence about a loss of one name, and a participle that assigns the loss to another."""
    for sentence, changed_one in table().get(case.language, {}).get("loss", {}).items():
        pairs = [
            (one, other) for one in case.names for other in case.names if not set(one.split()) & set(other.split())
        ]
        if pairs:
            name, other = rng.choice(pairs)
            longer = f"{case.article.text}\n\n{sentence.format(name)}"
            row = {
                "id": case.id,
                "lang": case.language,
                "text": longer,
                "title": case.article.title or "",
                "summary": "",
            }
            yield "actor", case_of(row), sentence.format(name), changed_one.format(other)


def _texts(paragraph: str, language: str) -> list[str]:
    return [sentence.text for sentence in sentences(paragraph, language) if len(sentence.text) > 25]


def recall(ids: tuple[str, ...] = (), missed: list[str] | None = None) -> Figures:
    """Returns the share of changes that are detected, and their number, by kind; `missed` collects the others."""
    detected: dict[str, list[bool]] = defaultdict(list)
    languages = set()
    for kind, case, before, after in changed_sentences(ids):
        old, new = (_findings(case.checker.check(text, case.language), kind) for text in (before, after))
        detected[kind].append(bool(new - old))
        languages.add(case.language)
        if not new - old and missed is not None:
            missed.append(f"{kind} [{case.language}] {before}\n    -> {after}")
    figures = {f"recall.{kind}": sum(hits) / len(hits) for kind, hits in detected.items()}
    counts = {f"changes.{kind}": float(len(hits)) for kind, hits in detected.items()}
    return {**figures, **counts, "changes.languages": float(len(languages))}


def _findings(checked: CheckedSentence, kind: str) -> set[tuple[str, str]]:
    return {(finding.kind, finding.claim) for finding in checked.findings if finding.kind in FOUND_BY[kind]}


def alarms(ids: tuple[str, ...] = (), log: list[str] | None = None) -> Figures:
    """Returns the number of sentences and findings of the references, and the rate of sentences without false ones."""
    true: dict[str, str] = table()["true"]  # type: ignore[assignment]
    count = findings = false = sentences_hit = 0
    for case in cases(ids):
        for sentence in case.reference:
            checked = case.checker.check(sentence, case.language)
            count += 1
            wrong = [one for one in checked.findings if f"{case.id} {one.kind} {one.claim}" not in true]
            findings, false, sentences_hit = (
                findings + len(checked.findings),
                false + len(wrong),
                sentences_hit + bool(wrong),
            )
            if log is not None:
                log += [
                    f"{case.id} {one.kind} {one.claim} <- {one.evidence}: {one not in wrong}"
                    for one in checked.findings
                ]
    return {
        "references.sentences": float(count),
        "references.findings": float(findings),
        "references.true_findings": float(findings - false),
        "references.clean": 1 - sentences_hit / count,
    }


def main() -> int:
    """Prints the figures; returns 1 if one is below its floor."""
    if "--translations" in sys.argv:
        references.report([word for word in sys.argv[1:] if not word.startswith("-")])
        return 0
    log: list[str] = []
    figures = {**recall(missed=log), **alarms(log=log)}
    floors = json.loads(FLOORS.read_text("utf-8"))
    for name, value in figures.items():
        print(f"{name:28} {value:8.4f}   floor {floors.get(name, '-')}")
    if "--missed" in sys.argv:
        print(*log, sep="\n")
    if "--update" in sys.argv:
        raised = {name: max(floor, int(figures[name] * 1000) / 1000) for name, floor in floors.items()}
        FLOORS.write_text(json.dumps(raised, indent=2) + "\n", "utf-8")
    failures = list(below_floor(figures))
    print(*failures, sep="\n")
    return bool(failures)


def below_floor(figures: Figures) -> Iterator[str]:
    """Yields a message for each figure below its floor."""
    for name, floor in json.loads(FLOORS.read_text("utf-8")).items():
        if name in figures and figures[name] < floor:
            yield f"{name} is {figures[name]:.4f}; its floor is {floor}"


if __name__ == "__main__":
    sys.exit(main())
