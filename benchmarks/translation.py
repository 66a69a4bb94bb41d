"""Translation quality through Lede itself: BLEU and chrF by direction, each with its signature.

    python -m benchmarks.translation en:fr fr:en --lines 200

Reads FLORES dev lines from ../shared/eval/translation (CC BY-SA 4.0; never shipped). Prints a table, and the rows that
belong in the model's card.
"""

import argparse
import csv
import json
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
    parser.add_argument("--bare", action="store_true", help="Score the model without Lede, too.")
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
        texts = list(made.translations[0].texts)
        warned = sum(bool(pair.warnings) for pairs in made.translations[0].sentences for pair in pairs)
        print(f"# {direction}: {warned} sentences carry a warning", flush=True)
        if wanted.bare:
            plain = {
                name: value
                for name, value, _ in score(bare(desk, sources, source, target, wanted.model), references, target)
            }
            print(f"# {direction} bare model, one plain prompt each: {plain}", flush=True)
        print(f"# {direction} peers on the first 200 lines: {peers(source, target)}", flush=True)
        engine = f"{desk.model_for('translate', wanted.model).engine} {settings.quantization}"
        for name, value, signature in score(texts, references, target):
            print(f"# {direction} {name} {value:.1f} in {made.colophon.timings_ms['total'] / 1000:.0f} s")
            print(
                f'[[scores]]\nsource = "{source}"\ntarget = "{target}"\nmetric = "{name}"\nvalue = {value:.1f}\n'
                f'signature = "FLORES-200 dev lines 1-{len(rows)}|{engine}|lede:{version("lede")}|{signature}"\n',
                flush=True,
            )
    desk.close()


def bare(desk: Desk, texts: list[str], source: str, target: str, model: str | None) -> list[str]:
    """What the model writes by itself: each line in one prompt, the likeliest answer, nothing checked."""
    card = desk.model_for("translate", model)
    with desk.pool.use(card.id) as loaded:
        prompts = [loaded.prompt("translate", text, source=source, target=target) for text in texts]
        answers = loaded.generate(prompts, card.decoding("translate"))
    return [" ".join(answer.text.split()) for answer in answers]


def peers(source: str, target: str) -> dict[str, dict[str, float]]:
    """BLEU and chrF of the peers' stored outputs on the first 200 lines, by peer."""
    scores = json.loads((SET / "peers.json").read_text("utf-8"))
    found: dict[str, dict[str, float]] = scores["directions"][f"{source}-{target}"]["flores-dev"]["subset_first200"]
    return found


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
