"""How long sentences of a language are beside English ones: the table that translations are checked with.

    python -m benchmarks.lengths > summarizer/checking/data/lengths.toml

Counts characters of FLORES dev lines from ../shared/eval/translation (CC BY-SA 4.0; only the statistics are shipped).
"""

import csv
import math
import statistics
import sys

from benchmarks.translation import SET


def main() -> None:
    """Prints the table, and to stderr how many reference translations it would call wrong."""
    lengths: dict[str, dict[str, int]] = {}
    for path in sorted(SET.glob("flores-dev.en-*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        lengths[path.stem.removeprefix("flores-dev.en-")] = {row["id"]: len(row["reference"]) for row in rows}
        lengths["en"] = {row["id"]: len(row["source"]) for row in rows}
    english = lengths["en"]
    print("# Natural logarithm of a sentence's characters over its English original's: mean and standard deviation.")
    print(f"# FLORES-200 dev, {len(english)} lines a language; made by benchmarks/lengths.py.")
    for language, counts in sorted(lengths.items()):
        ratios = [math.log(counts[line] / english[line]) for line in english]
        print(f"{language} = [{statistics.mean(ratios):.3f}, {statistics.stdev(ratios):.3f}]")
    print(f"{len(english)} lines, {len(lengths)} languages", file=sys.stderr)


if __name__ == "__main__":
    main()
