"""Scores translations by direction: BLEU and chrF with their signatures, and what was gained with its interval.

    python -m training.evaluate before.jsonl after.jsonl

Reads what training.translate wrote. Japanese and Korean need `sacrebleu[ja,ko]`; without it their BLEU is left out and
said to be. Intervals are 95 %, over 1,000 paired resamplings of the sentences (Koehn 2004).
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sacrebleu import BLEU, CHRF

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}
"""sacrebleu's tokenizers by target language; 13a for all others."""

SAMPLES = 1_000
SEED = 8


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric of one direction, before and after; the gain lies between `low` and `high`."""

    direction: str
    origin: str
    metric: str
    before: float
    after: float
    low: float
    high: float
    signature: str


def read(path: Path) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Translations by direction and origin."""
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found[row["direction"], row["origin"]].append(row)
    return found


def evaluate(before: Path, after: Path) -> list[Scored]:
    """Both files' scores, where they have the same sentences. Raises ValueError where they have not."""
    old, new = read(before), read(after)
    if {place: _sources(rows) for place, rows in old.items()} != {place: _sources(rows) for place, rows in new.items()}:
        raise ValueError(f"{before} and {after} are not translations of the same sentences.")
    return [scored for place in sorted(old) for scored in _scored(place, old[place], new[place])]


def metrics(target: str) -> Iterator[tuple[str, Any]]:
    """The metrics that can be computed here for a target language."""
    try:
        yield "bleu", BLEU(tokenize=TOKENIZERS.get(target, "13a"))
    except (ImportError, RuntimeError) as error:
        print(f"No BLEU for {target}: {error}", file=sys.stderr)
    yield "chrf", CHRF()


def _scored(
    place: tuple[str, str], old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]
) -> Iterator[Scored]:
    direction, origin = place
    references = [row["reference"] for row in old]
    for name, metric in metrics(direction.split("-")[1]):
        systems = [[row["hypothesis"] for row in rows] for rows in (old, new)]
        statistics = [_statistics(metric, system, references) for system in systems]
        before, after = (_score(metric, rows, range(len(rows))) for rows in statistics)
        metric.corpus_score(systems[0], [references])  # the signature says how many references there were
        gains = sorted(_gains(metric, *statistics))
        low, high = gains[int(0.025 * len(gains))], gains[int(0.975 * len(gains)) - 1]
        yield Scored(direction, origin, name, before, after, low, high, str(metric.get_signature()))


def _gains(metric: Any, old: Sequence[Sequence[float]], new: Sequence[Sequence[float]]) -> Iterator[float]:
    dice = random.Random(SEED)  # noqa: S311 - no secret
    for _ in range(SAMPLES):
        rows = dice.choices(range(len(old)), k=len(old))
        yield _score(metric, new, rows) - _score(metric, old, rows)


def _statistics(metric: Any, hypotheses: list[str], references: list[str]) -> list[list[float]]:
    """What a sentence counts towards the corpus' score: metrics are made of sums."""
    found: list[list[float]] = metric._extract_corpus_statistics(hypotheses, [references])  # noqa: SLF001 - as sacrebleu's own bootstrap does
    return found


def _score(metric: Any, statistics: Sequence[Sequence[float]], rows: Sequence[int]) -> float:
    return float(metric._aggregate_and_compute([statistics[row] for row in rows]).score)  # noqa: SLF001


def _sources(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return [row["source"] for row in rows]


def main() -> None:
    """Prints a table, the means, and writes all as JSON where it is told to."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("before", type=Path)
    arguments.add_argument("after", type=Path)
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write the scores here, for training.export")
    wanted = arguments.parse_args()
    found = evaluate(wanted.before, wanted.after)
    for row in found:
        gain = f"{row.after - row.before:+5.1f} [{row.low:+.1f}, {row.high:+.1f}]"
        print(f"{row.origin:10} {row.direction:6} {row.metric:4} {row.before:5.1f} -> {row.after:5.1f}  {gain}")
    for origin, metric in sorted({(row.origin, row.metric) for row in found}):
        gains = [row.after - row.before for row in found if (row.origin, row.metric) == (origin, metric)]
        print(f"{origin} {metric}: mean gain {sum(gains) / len(gains):+.2f} over {len(gains)} directions")
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(row) for row in found], indent=1), "utf-8")


if __name__ == "__main__":
    main()
