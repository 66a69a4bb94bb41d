"""How well the checker tells true sentences from false ones: recall on changed sentences, false alarms on references.

    python -m benchmarks.checker            prints every figure beside its floor; exit code 1 where one is missed
    python -m benchmarks.checker --update   raises the floors to what was measured, and never lowers one
    python -m benchmarks.checker --missed   prints what was changed and not found, and every alarm on a reference
    python -m benchmarks.checker --translations   the same for translations: see benchmarks/references.py

The articles are test data that is not shipped: they are looked for in ../shared/eval/summarisation. Method:

- Changed sentences are made from the articles' own and from those of the reference summaries in which nothing is found.
  One thing is changed in each: a number (for one that the article does not have), a name (for another article's, of the
  same language), a unit, a negation (taken out), a hedge (taken out or made certain), a future (made past), the actor
  of a number (by a participle), or who said it. At most PER_KIND a language. Since few articles have a name's number,
  each gets one more sentence for the actor.
  A change is found when the checker has a finding of its kind that the unchanged sentence has not.
- A false alarm is a sentence of a reference with a finding that is not true. Whether a finding is true was judged by
  reading the articles; TRUE lists the facts that a reference holds and its article does not.
"""

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import references
from benchmarks.cases import Case, case_of, cases
from benchmarks.changes import MAKERS, Maker, other_name, table
from summarizer.checking.findings import CheckedSentence
from summarizer.reading import sentences

FLOORS = Path(__file__).with_name("checker_floors.json")
PER_KIND = 25
"""Changes of a kind in a language."""

FOUND_BY = {
    "number": {"number", "date", "name"},  # the digits of Covid-19 are a name's
    "unit": {"number"},
    "name": {"name"},
    "negation": {"negation"},
    "hedge": {"attribution", "modality", "limit"},
    "future": {"modality"},
    "actor": {"actor"},
    "speaker": {"actor"},
}
"""The findings that count, by kind of change."""

Figures = dict[str, float]


def changed(ids: tuple[str, ...] = ()) -> Iterator[tuple[str, Case, str, str]]:
    """The kinds of change, the articles, and the sentences before and after."""
    made: Counter[tuple[str, str]] = Counter()
    makers: dict[str, Maker] = {**MAKERS, "name": partial(other_name, cases(ids))}
    chance = random.Random(7)
    chances = {kind: random.Random(kind) for kind in (*makers, "loss")}  # a new kind changes no other's draws
    for case in cases(ids):
        own = [text for paragraph in case.article.paragraphs for text in _texts(paragraph.text, case.language)]
        base = [*own, *(text for text in case.reference if not case.ground.check(text, case.language).findings)]
        for sentence in chance.sample(base, len(base)):
            for kind, make in makers.items():
                if made[kind, case.language] < PER_KIND and (other := make(case, sentence, chances[kind])):
                    made[kind, case.language] += 1
                    yield kind, case, sentence, other
        yield from _losses(case, chances["loss"])


def _losses(case: Case, chance: random.Random) -> Iterator[tuple[str, Case, str, str]]:
    """An article with one more sentence, of what a name of it lost, and that loss by a participle given to another."""
    for sentence, changed_one in table().get(case.language, {}).get("loss", {}).items():
        pairs = [
            (one, other) for one in case.names for other in case.names if not set(one.split()) & set(other.split())
        ]
        if pairs:
            name, other = chance.choice(pairs)
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
    """The share of changes that are found, and how many there are, by kind."""
    found: dict[str, list[bool]] = defaultdict(list)
    languages = set()
    for kind, case, before, after in changed(ids):
        was, now = (_kinds(case.ground.check(text, case.language), kind) for text in (before, after))
        found[kind].append(bool(now - was))
        languages.add(case.language)
        if not now - was and missed is not None:
            missed.append(f"{kind} [{case.language}] {before}\n    -> {after}")
    figures = {f"recall.{kind}": sum(hits) / len(hits) for kind, hits in found.items()}
    counts = {f"changes.{kind}": float(len(hits)) for kind, hits in found.items()}
    return {**figures, **counts, "changes.languages": float(len(languages))}


def _kinds(checked: CheckedSentence, kind: str) -> set[tuple[str, str]]:
    return {(finding.kind, finding.claim) for finding in checked.findings if finding.kind in FOUND_BY[kind]}


def alarms(ids: tuple[str, ...] = (), told: list[str] | None = None) -> Figures:
    """The references' sentences with findings, those findings that are true, and the rate of the false ones."""
    true: dict[str, str] = table()["true"]  # type: ignore[assignment]
    count = findings = false = sentences_hit = 0
    for case in cases(ids):
        for sentence in case.reference:
            checked = case.ground.check(sentence, case.language)
            count += 1
            wrong = [one for one in checked.findings if f"{case.id} {one.kind} {one.claim}" not in true]
            findings, false, sentences_hit = (
                findings + len(checked.findings),
                false + len(wrong),
                sentences_hit + bool(wrong),
            )
            if told is not None:
                told += [
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
    """Prints the figures; 1 where a floor is missed."""
    if "--translations" in sys.argv:
        references.report([word for word in sys.argv[1:] if not word.startswith("-")])
        return 0
    told: list[str] = []
    figures = {**recall(missed=told), **alarms(told=told)}
    floors = json.loads(FLOORS.read_text("utf-8"))
    for name, value in figures.items():
        print(f"{name:28} {value:8.4f}   floor {floors.get(name, '-')}")
    if "--missed" in sys.argv:
        print(*told, sep="\n")
    if "--update" in sys.argv:
        raised = {name: max(floor, int(figures[name] * 1000) / 1000) for name, floor in floors.items()}
        FLOORS.write_text(json.dumps(raised, indent=2) + "\n", "utf-8")
    faults = list(below(figures))
    print(*faults, sep="\n")
    return bool(faults)


def below(figures: Figures) -> Iterator[str]:
    """What falls below its floor, in words."""
    for name, floor in json.loads(FLOORS.read_text("utf-8")).items():
        if name in figures and figures[name] < floor:
            yield f"{name} is {figures[name]:.4f}; its floor is {floor}"


if __name__ == "__main__":
    sys.exit(main())
