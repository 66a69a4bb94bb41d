"""Translation quality through Lede itself: BLEU and chrF by direction, each with its signature.

    python -m benchmarks.translation en:fr fr:en --lines 200

Reads FLORES dev lines from ../shared/eval/translation (CC BY-SA 4.0; never shipped). Prints a table, and the rows that
belong in the model's card.
"""

import argparse
import csv
import sys
from importlib.metadata import version
from pathlib import Path

import sacrebleu

from models.settings import ModelSettings
from summarizer.desk import Desk

SET = Path(__file__).parent.parent.parent / "shared" / "eval" / "translation"

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}


def main() -> None:
    """Translates, scores and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directions", nargs="+", metavar="SOURCE:TARGET")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--model")
    wanted = parser.parse_args()
    if not SET.is_dir():
        sys.exit(f"The evaluation set is not at {SET}.")
    settings = ModelSettings()
    desk = Desk(settings=settings)
    for direction in wanted.directions:
        source, target = direction.split(":")
        rows = read(source, target)[: wanted.lines]
        sources, references = [row["source"] for row in rows], [row["reference"] for row in rows]
        made = desk.translate(sources, [target], source_language=source, model=wanted.model)
        engine = f"{desk.model_for('translate', wanted.model).engine} {settings.quantization}"
        for name, value, signature in score(list(made.translations[0].texts), references, target):
            print(f"# {direction} {name} {value:.1f} in {made.colophon.timings_ms['total'] / 1000:.0f} s")
            print(
                f'[[scores]]\nsource = "{source}"\ntarget = "{target}"\nmetric = "{name}"\nvalue = {value:.1f}\n'
                f'signature = "FLORES-200 dev lines 1-{len(rows)}|{engine}|lede:{version("lede")}|{signature}"\n',
                flush=True,
            )
    desk.close()


def read(source: str, target: str) -> list[dict[str, str]]:
    """The rows of a direction: id, source, reference."""
    with (SET / f"flores-dev.{source}-{target}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def score(hypotheses: list[str], references: list[str], target: str) -> list[tuple[str, float, str]]:
    """Name, value and signature of BLEU and chrF."""
    bleu = sacrebleu.BLEU(tokenize=TOKENIZERS.get(target, "13a"))
    chrf = sacrebleu.CHRF()
    return [
        (name, metric.corpus_score(hypotheses, [references]).score, str(metric.get_signature()))
        for name, metric in (("bleu", bleu), ("chrf", chrf))
    ]


if __name__ == "__main__":
    main()
