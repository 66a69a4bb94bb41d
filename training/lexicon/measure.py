"""Measures a lexicon: BLEU and chrF of a model's translations with and without it, on sentences it was not built from.

    python -m training.lexicon.measure en-de de-en --lines 40
    python -m training.lexicon.measure en-de --flores

Each sentence is translated once, greedily. `--flores` takes the evaluation set: nothing is to be chosen by it.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import sacrebleu

from models.lexicons.hints import find_hints, hints
from models.lexicons.lexicon import Lexicon
from models.loading import open_pool
from models.model import Model
from models.protocol import Text
from models.settings import ModelSettings
from training import corpus
from training.lexicon import pairs
from training.lexicon.__main__ import CORPORA, DATA, EVALUATION
from training.lexicon.pairs import Pair

TOKENIZERS = {"zh": "zh", "ja": "ja-mecab", "ko": "ko-mecab"}
"""sacrebleu's, by target language."""

RESAMPLES = 1000

Rows = Sequence[tuple[str, str]]
"""Sources and references."""

MIN_CHARACTERS = 25
"""Of a sentence: shorter ones are mostly Tatoeba's, and no news."""

MAX_GROWTH = 3
"""Of a translation, in tokens of the longest source."""


def translate(model: Model, texts: Sequence[str], source: str, target: str, lexicon: Lexicon | None) -> list[str]:
    """Translates each text by itself, with the lexicon's hints in its prompt."""
    told = [Text(hints(lexicon, text)) if lexicon else "" for text in texts]
    prompts = [
        model.prompt("translate", text, source=source, target=target, notes=notes)
        for text, notes in zip(texts, told, strict=True)
    ]
    longest = MAX_GROWTH * max(map(model.count, texts))
    answers = model.generate(prompts, model.card.decoding("translate").replace(max_tokens=longest))
    return [" ".join(answer.text.split()) for answer in answers]


def score(hypotheses: Sequence[str], references: Sequence[str], target: str) -> str:
    """Returns corpus BLEU and chrF as text."""
    bleu = sacrebleu.corpus_bleu(hypotheses, [references], tokenize=TOKENIZERS.get(target, "13a"), force=True)
    return f"BLEU {bleu.score:.1f}, chrF {sacrebleu.corpus_chrf(hypotheses, [references]).score:.1f}"


def interval(before: Sequence[str], after: Sequence[str], references: Sequence[str]) -> tuple[float, float, float]:
    """Returns the mean gain in sentence chrF and its 95 % interval, by paired bootstrap resampling."""
    generator = random.Random(8)  # noqa: S311 - reproducible on purpose
    gains = [
        sacrebleu.sentence_chrf(new, [reference]).score - sacrebleu.sentence_chrf(old, [reference]).score
        for old, new, reference in zip(before, after, references, strict=True)
    ]
    means = sorted(sum(generator.choices(gains, k=len(gains))) / len(gains) for _ in range(RESAMPLES))
    return sum(gains) / len(gains), means[RESAMPLES // 40], means[-RESAMPLES // 40]


def hint_precision(lexicon: Lexicon, rows: Rows) -> tuple[float, float]:
    """Returns the hints per sentence, and the share of them whose translation is in the reference."""
    hits = [
        any(text.casefold() in reference.casefold() for text in translations)
        for source, reference in rows
        for translations in find_hints(lexicon, source).values()
    ]
    return len(hits) / len(rows), sum(hits) / max(len(hits), 1)


def main() -> None:
    """Translates, scores and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directions", nargs="+", metavar="SOURCE-TARGET")
    parser.add_argument("--folder", type=Path, default=Path("models/lexicons/news-1"), help="the lexicon")
    parser.add_argument("--lines", type=int, default=40)
    parser.add_argument("--flores", action="store_true", help="FLORES dev instead of held-out sentences")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--evaluation", type=Path, default=EVALUATION)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N sentences with their translations")
    parser.add_argument("--no-model", action="store_true", help="only compare the hints with the references")
    wanted = parser.parse_args()
    directions = [(source, target) for source, _, target in (each.partition("-") for each in wanted.directions)]
    rows = _flores(wanted, directions) if wanted.flores else _held_out(wanted, directions)
    lexicons = {each: Lexicon(wanted.folder / f"{'-'.join(each)}.marisa", each[0]) for each in directions}
    for direction in directions:
        count, precision = hint_precision(lexicons[direction], rows[direction])
        label = f"{'-'.join(direction)}, {len(rows[direction])} lines"
        print(f"{label}: {count:.1f} hints each, {precision:.0%} in the reference", flush=True)
    if wanted.no_model:
        return
    settings = ModelSettings()
    pool = open_pool(settings)
    with pool.use(settings.translation_model or settings.model) as model:
        for direction in directions:
            measure(model, lexicons[direction], rows[direction][: wanted.lines], direction, wanted.show)
    pool.close()


def measure(model: Model, lexicon: Lexicon, rows: Rows, direction: pairs.Languages, show: int) -> None:
    """Prints the scores of one direction."""
    texts, references = [source for source, _ in rows], [reference for _, reference in rows]
    label = f"{'-'.join(direction)}, {len(rows)} lines"
    before, after = (translate(model, texts, *direction, each) for each in (None, lexicon))
    print(f"{label}, without: {score(before, references, direction[1])}", flush=True)
    print(f"{label}, with: {score(after, references, direction[1])}", flush=True)
    mean, low, high = interval(before, after, references)
    print(f"{label}, gain in sentence chrF: {mean:+.1f} ({low:+.1f} to {high:+.1f})", flush=True)
    for source, reference, old, new in list(zip(texts, references, before, after, strict=True))[:show]:
        print(f"{source}\n  {reference}\n  {old}\n  {new}\n  {hints(lexicon, source)}", flush=True)


def _flores(wanted: argparse.Namespace, directions: Sequence[pairs.Languages]) -> dict[pairs.Languages, Rows]:
    files = {each: wanted.evaluation / f"flores-dev.{'-'.join(each)}.tsv" for each in directions}
    return {direction: list(corpus.read_pairs(path)) for direction, path in files.items()}


def _held_out(wanted: argparse.Namespace, directions: Sequence[pairs.Languages]) -> dict[pairs.Languages, Rows]:
    # Lexicons are built from pairs with English first: training.lexicon en-de.
    built = {each: ("en", each[each[0] == "en"]) for each in directions}
    read = pairs.read([wanted.data / name for name in CORPORA], wanted.evaluation, set(built.values()), pairs.HELD_OUT)
    return {each: [_row(pair, each) for pair in read[built[each]].held_out if _is_long(pair)] for each in directions}


def _row(pair: Pair, direction: pairs.Languages) -> tuple[str, str]:
    return (pair.first, pair.second) if direction[0] == "en" else (pair.second, pair.first)


def _is_long(pair: Pair) -> bool:
    return min(len(pair.first), len(pair.second)) >= MIN_CHARACTERS


if __name__ == "__main__":
    main()
