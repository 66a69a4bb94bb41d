"""Measures translation quality: BLEU and chrF by direction, with their signatures.

    python -m benchmarks.translation en:fr fr:en --lines 200
    python -m benchmarks.translation en:fr --systems lede bare            also the model alone
    LEDE_QUANTIZATION=float32 python -m benchmarks.translation en:fr --systems bare

Reads FLORES dev lines from ../shared/eval/translation (CC BY-SA 4.0; not distributed). Prints the scores as rows for
the model card.
"""

import argparse
import csv
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import sacrebleu

from models.settings import ModelSettings
from summarizer.desk import Desk

SET = Path(__file__).parent.parent.parent / "shared" / "eval" / "translation"

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}


def main() -> None:
    """Translates, scores and prints the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directions", nargs="+", metavar="SOURCE:TARGET")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--model")
    parser.add_argument("--systems", nargs="+", choices=list(SYSTEMS), default=["lede"])
    arguments = parser.parse_args()
    if not SET.is_dir():
        sys.exit(f"The evaluation set is not at {SET}.")
    settings = ModelSettings()
    desk = Desk(settings=settings)
    for direction in arguments.directions:
        source, target = direction.split(":")
        rows = read_rows(source, target)[: arguments.lines]
        print(f"# {direction} peers on the first 200 lines: {peers(source, target)}", flush=True)
        for system in arguments.systems:
            started = time.monotonic()
            texts = SYSTEMS[system](desk, [row["source"] for row in rows], source, target, arguments.model)
            print(f"# {direction} {system} in {time.monotonic() - started:.0f} s")
            with desk.pool.use(desk.model_for("translate", arguments.model).id) as model:
                prefix = f"FLORES-200 dev lines 1-{len(rows)}|{model.backend}|{system}:{version('lede')}"
            for name, value, signature in score(texts, [row["reference"] for row in rows], target):
                print(
                    f'[[scores]]\nsource = "{source}"\ntarget = "{target}"\nmetric = "{name}"\nvalue = {value:.1f}\n'
                    f'signature = "{prefix}|{signature}"\n',
                    flush=True,
                )
    desk.close()


def lede(desk: Desk, texts: list[str], source: str, target: str, model: str | None) -> list[str]:
    """Translates lines with Lede, including its checks and retries; prints the number of sentences with a warning."""
    (result,) = desk.translate(texts, [target], source_language=source, model=model).translations
    warned = sum(bool(pair.warnings) for pairs in result.sentences for pair in pairs)
    print(f"# {source}:{target}: {warned} sentences carry a warning", flush=True)
    return list(result.texts)


def bare(desk: Desk, texts: list[str], source: str, target: str, model: str | None) -> list[str]:
    """Translates lines with the model alone: one prompt per line, greedy search, no checks."""
    card = desk.model_for("translate", model)
    with desk.pool.use(card.id) as loaded:
        prompts = [loaded.prompt("translate", text, source=source, target=target) for text in texts]
        answers = loaded.generate(prompts, card.decoding("translate"))
    return [" ".join(answer.text.split()) for answer in answers]


SYSTEMS = {"lede": lede, "bare": bare}


def peers(source: str, target: str) -> dict[str, dict[str, float]]:
    """Returns BLEU and chrF of other systems' stored outputs on the first 200 lines, by system."""
    scores = json.loads((SET / "peers.json").read_text("utf-8"))
    by_system: dict[str, dict[str, float]] = scores["directions"][f"{source}-{target}"]["flores-dev"]["subset_first200"]
    return by_system


def read_rows(source: str, target: str) -> list[dict[str, str]]:
    """Returns the rows of a direction: id, source, reference."""
    with (SET / f"flores-dev.{source}-{target}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def score(hypotheses: list[str], references: list[str], target: str) -> list[tuple[str, float, str]]:
    """Returns name, value and signature of BLEU and chrF."""
    bleu = sacrebleu.BLEU(tokenize=TOKENIZERS.get(target, "13a"))
    chrf = sacrebleu.CHRF()
    return [
        (name, metric.corpus_score(hypotheses, [references]).score, str(metric.get_signature()))
        for name, metric in (("bleu", bleu), ("chrf", chrf))
    ]


if __name__ == "__main__":
    main()
