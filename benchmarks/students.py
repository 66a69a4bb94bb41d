"""Marian's student models beside Mozilla's own engine: speed, memory, loading, in one run on one core.

    python -m benchmarks.students [--size tiny] [--sentences 16]

The weights are random, the sentences of 25 words. Both engines write the same number of tokens, for the end never
comes. Times are of the processor, so that what else runs on the machine counts little. fxtranslate is among the
packages for development.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

import psutil
import torch
from fxtranslate import Translator

from models.engines.marian.engine import MarianEngine
from models.protocol import Decoding, Prompt, Text
from tests.models.engines.marian import student
from tests.models.engines.marian.languages import TEXTS
from tests.models.engines.marian.student import Student

SIZES = {"tiny": Student.tiny, "base": Student.base, "base-memory": Student.base_memory}
Made = TypeVar("Made")

WORDS = 32_000
TIMES = 3


def main() -> None:
    """The figures, as a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="tiny")
    options.add_argument("--sentences", type=int, default=16)
    options.add_argument("--threads", type=int, default=1)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), given.size, texts(given.sentences))


def texts(count: int) -> list[str]:
    """So many sentences of 25 words."""
    dice, words = Random(0), TEXTS["en"].split()
    return [" ".join(dice.choices(words, k=25)) for _ in range(count)]


def compare(folder: Path, size: str, sentences: Sequence[str]) -> None:
    """Both engines on the same model and sentences."""
    vocabulary = student.vocabulary(TEXTS.values(), 1200)
    source = student.pieces(vocabulary)
    # As many words as Mozilla's models have, though the vocabulary spells only the first of them.
    made = SIZES[size](WORDS, end=-100.0)
    lexical = student.shortlist(source, source)
    student.write(folder, made, {"vocab": vocabulary}, lexical)
    model = next(folder.glob("model*")).read_bytes()

    process = psutil.Process()
    before = process.memory_info().rss
    engine, loading = timed(lambda: MarianEngine(folder, window=512))
    ours_memory = process.memory_info().rss - before
    theirs, theirs_loading = timed(lambda: Translator(model, vocabulary, vocabulary, lexical))

    prompts = [Prompt((Text(text),)) for text in sentences]
    decoding = Decoding(max_tokens=10_000)
    answers = engine.generate(prompts, decoding)
    tokens = sum(answer.tokens for answer in answers)
    ours = min(timed(lambda: engine.generate(prompts, decoding))[1] for _ in range(TIMES))
    other = min(timed(lambda: [theirs.translate(text) for text in sentences])[1] for _ in range(TIMES))
    print(f"{size}, {len(sentences)} sentences of 25 words, {tokens} tokens written, processor's seconds")
    print(f"Lede         {len(sentences) / ours:7.1f} sentences/s   loaded in {loading:.2f} s")
    print(f"fxtranslate  {len(sentences) / other:7.1f} sentences/s   loaded in {theirs_loading:.2f} s")
    print(f"times as fast: {other / ours:.1f}; Lede's memory: {ours_memory / 1e6:.0f} MB")


def timed(make: Callable[[], Made]) -> tuple[Made, float]:
    """What is made, and the processor's seconds that it took."""
    started = time.process_time()
    made = make()
    return made, time.process_time() - started


if __name__ == "__main__":
    main()
