"""Builds the lexicon of a language pair, both directions, and writes it into a lexicon's folder.

    python -m training.lexicon en-de en-fr --folder models/lexicons/news-1

Needs the extra `training` and util-linux's `unshare`. The same data and options give the same bytes.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from training.lexicon import pairs
from training.lexicon.alignment import OPTIONS, align
from training.lexicon.pack import PhraseTable, write
from training.lexicon.pairs import Pair, Pairs
from training.lexicon.phrases import Counts, transpose
from training.lexicon.selection import Options, select
from training.lexicon.tokenization import MAX_TOKENS, Sentence, tokenize

DATA = Path("../shared/train")
EVALUATION = Path("../shared/eval/translation")
CORPORA = ("news-parallel.tsv.xz", "extra-parallel.tsv.xz")


def build(
    found: Pairs, first: str, second: str, options: Options, progress: Progress, *, final: bool = False
) -> list[PhraseTable]:
    """Returns the phrase tables of both directions."""
    tokenizing = progress.add_task(f"{first}-{second}: tokenizing", total=None)
    one, other = _tokenized(found.training, first, second)
    progress.update(tokenizing, total=1, completed=1)
    counts = Counts(), Counts()
    links = progress.track(
        align(one, other, final=final), len(one), description=f"{first}-{second}: aligning, counting"
    )
    for left, right, between in zip(one, other, links, strict=True):
        counts[0].add(left, right, between)
        counts[1].add(right, left, transpose(between))
    used = asdict(options) | {"symmetrization": "grow-diag-final-and" if final else "grow-diag", "eflomal": OPTIONS}
    return [
        PhraseTable(source, target, list(select(counted, options)), used, found.sets)
        for (source, target), counted in zip(((first, second), (second, first)), counts, strict=True)
    ]


def _tokenized(found: Sequence[Pair], first: str, second: str) -> tuple[list[Sentence], list[Sentence]]:
    """Returns both sides, without pairs in which one is empty or very long."""
    one = tokenize([pair.first for pair in found], first)
    other = tokenize([pair.second for pair in found], second)
    kept = [pair for pair in zip(one, other, strict=True) if all(0 < len(side.tokens) <= MAX_TOKENS for side in pair)]
    return [left for left, _ in kept], [right for _, right in kept]


def main() -> None:
    """Builds the lexicons asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", metavar="LANGUAGE-LANGUAGE")
    parser.add_argument("--folder", type=Path, default=Path("models/lexicons/news-1"), help="the lexicon to write to")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the parallel corpora")
    parser.add_argument("--evaluation", type=Path, default=EVALUATION, help="tables of sentences to leave out")
    parser.add_argument("--held-out", type=int, default=pairs.HELD_OUT, metavar="N", help="human pairs to leave out")
    parser.add_argument("--final", action="store_true", help="grow-diag-final-and instead of grow-diag")
    wanted = parser.parse_args()
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as progress:
        reading = progress.add_task("reading", total=None)
        files = [wanted.data / name for name in CORPORA]
        languages = [(first, second) for first, _, second in (pair.partition("-") for pair in wanted.pairs)]
        read = pairs.read(files, wanted.evaluation, languages, wanted.held_out)
        progress.update(reading, total=1, completed=1)
        for (first, second), found in read.items():
            for table in build(found, first, second, Options(), progress, final=wanted.final):
                write(wanted.folder, table)
                told = f"{len(table.entries):,} phrases from {len(found.training):,} pairs"
                progress.print(f"{table.source}-{table.target}: {told}")


if __name__ == "__main__":
    main()
