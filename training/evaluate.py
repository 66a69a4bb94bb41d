"""Scores translations by direction: BLEU and chrF with their signatures, and the gain with its interval.

    python -m training.evaluate before.jsonl after.jsonl

Reads the output of training.translate. Japanese and Korean need `sacrebleu[ja,ko]`; without it, their BLEU is skipped
with a message. Intervals are 95 %, from 1,000 paired bootstrap samples of the sentences (Koehn 2004).
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
class Comparison:
    """One metric of one direction, before and after; the gain is between `low` and `high`."""

    direction: str
    origin: str
    metric: str
    before: float
    after: float
    low: float
    high: float
    signature: str


def read_translations(path: Path) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Returns translations by direction and origin."""
    translations: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        translations[row["direction"], row["origin"]].append(row)
    return translations


def evaluate(before: Path, after: Path) -> list[Comparison]:
    """Returns the scores of both files. Raises ValueError if they do not have the same sentences."""
    old, new = read_translations(before), read_translations(after)
    if {place: _sources(rows) for place, rows in old.items()} != {place: _sources(rows) for place, rows in new.items()}:
        raise ValueError(f"{before} and {after} are not translations of the same sentences.")
    return [comparison for place in sorted(old) for comparison in _compare(place, old[place], new[place])]


def metrics(target: str) -> Iterator[tuple[str, Any]]:
    """Yields the metrics that are available for a target language."""
    try:
        yield "bleu", BLEU(tokenize=TOKENIZERS.get(target, "13a"))
    except (ImportError, RuntimeError) as error:
        print(f"No BLEU for {target}: {error}", file=sys.stderr)
    yield "chrf", CHRF()


def _compare(
    place: tuple[str, str], old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]
) -> Iterator[Comparison]:
    direction, origin = place
    references = [row["reference"] for row in old]
    for name, metric in metrics(direction.split("-")[1]):
        systems = [[row["hypothesis"] for row in rows] for rows in (old, new)]
        statistics = [_statistics(metric, system, references) for system in systems]
        before, after = (_score(metric, rows, range(len(rows))) for rows in statistics)
        metric.corpus_score(systems[0], [references])  # the signature says how many references there were
        gains = sorted(_gains(metric, *statistics))
        low, high = gains[int(0.025 * len(gains))], gains[int(0.975 * len(gains)) - 1]
        yield Comparison(direction, origin, name, before, after, low, high, str(metric.get_signature()))


def _gains(metric: Any, old: Sequence[Sequence[float]], new: Sequence[Sequence[float]]) -> Iterator[float]:
    rng = random.Random(SEED)  # noqa: S311 - no secret
    for _ in range(SAMPLES):
        rows = rng.choices(range(len(old)), k=len(old))
        yield _score(metric, new, rows) - _score(metric, old, rows)


def _statistics(metric: Any, hypotheses: list[str], references: list[str]) -> list[list[float]]:
    """Returns each sentence's contribution to the corpus score: the metrics are computed from sums."""
    statistics: list[list[float]] = metric._extract_corpus_statistics(hypotheses, [references])  # noqa: SLF001 - as sacrebleu's own bootstrap does
    return statistics


def _score(metric: Any, statistics: Sequence[Sequence[float]], rows: Sequence[int]) -> float:
    return float(metric._aggregate_and_compute([statistics[row] for row in rows]).score)  # noqa: SLF001


def _sources(rows: Sequence[Mapping[str, str]]) -> list[str]:
    return [row["source"] for row in rows]


def main() -> None:
    """Prints a table and the means, and optionally writes the scores as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores to this file, for training.export")
    arguments = parser.parse_args()
    comparisons = evaluate(arguments.before, arguments.after)
    for row in comparisons:
        gain = f"{row.after - row.before:+5.1f} [{row.low:+.1f}, {row.high:+.1f}]"
        print(f"{row.origin:10} {row.direction:6} {row.metric:4} {row.before:5.1f} -> {row.after:5.1f}  {gain}")
    for origin, metric in sorted({(row.origin, row.metric) for row in comparisons}):
        gains = [row.after - row.before for row in comparisons if (row.origin, row.metric) == (origin, metric)]
        print(f"{origin} {metric}: mean gain {sum(gains) / len(gains):+.2f} over {len(gains)} directions")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(row) for row in comparisons], indent=1), "utf-8")


if __name__ == "__main__":
    main()
