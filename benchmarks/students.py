"""Compares the Marian engine with Mozilla's own: speed, memory and loading time, in one run on one core.

    python -m benchmarks.students [--size tiny] [--sentences 16]

The weights are random, and the sentences have 25 words. Both engines generate the same number of tokens, because the
end token is never the best. Times are processor times, which other programs on the machine hardly affect. fxtranslate
is one of the packages for development.
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
Result = TypeVar("Result")

WORDS = 32_000
REPEATS = 3


def main() -> None:
    """Prints the figures as a table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", choices=SIZES, default="tiny")
    options.add_argument("--sentences", type=int, default=16)
    options.add_argument("--threads", type=int, default=1)
    arguments = options.parse_args()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), arguments.size, texts(arguments.sentences))


def texts(count: int) -> list[str]:
    """Returns random sentences of 25 words."""
    random, words = Random(0), TEXTS["en"].split()
    return [" ".join(random.choices(words, k=25)) for _ in range(count)]


def compare(folder: Path, size: str, sentences: Sequence[str]) -> None:
    """Runs both engines on the same model and sentences."""
    vocabulary = student.vocabulary(TEXTS.values(), 1200)
    source = student.vocabulary_size(vocabulary)
    # The size of Mozilla's vocabularies; only the first words have a piece.
    model_weights = SIZES[size](WORDS, end=-100.0)
    shortlist = student.shortlist(source, source)
    student.write(folder, model_weights, {"vocab": vocabulary}, shortlist)
    model = next(folder.glob("model*")).read_bytes()

    process = psutil.Process()
    before = process.memory_info().rss
    engine, loading = timed(lambda: MarianEngine(folder, window=512))
    memory = process.memory_info().rss - before
    reference, reference_loading = timed(lambda: Translator(model, vocabulary, vocabulary, shortlist))

    prompts = [Prompt((Text(text),)) for text in sentences]
    decoding = Decoding(max_tokens=10_000)
    hypotheses = engine.generate(prompts, decoding)
    tokens = sum(hypothesis.tokens for hypothesis in hypotheses)
    seconds = min(timed(lambda: engine.generate(prompts, decoding))[1] for _ in range(REPEATS))
    reference_seconds = min(timed(lambda: [reference.translate(text) for text in sentences])[1] for _ in range(REPEATS))
    print(f"{size}, {len(sentences)} sentences of 25 words, {tokens} tokens generated, processor time")
    print(f"Lede         {len(sentences) / seconds:7.1f} sentences/s   loaded in {loading:.2f} s")
    print(f"fxtranslate  {len(sentences) / reference_seconds:7.1f} sentences/s   loaded in {reference_loading:.2f} s")
    print(f"speed ratio: {reference_seconds / seconds:.1f}; memory of Lede: {memory / 1e6:.0f} MB")


def timed(make: Callable[[], Result]) -> tuple[Result, float]:
    """Returns a result and the processor time that it took, in seconds."""
    started = time.process_time()
    result = make()
    return result, time.process_time() - started


if __name__ == "__main__":
    main()
