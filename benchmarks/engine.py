"""Measures the speed of the engines on the same weights: prefill, decoding, tasks on an article, memory, loading.

    python -m benchmarks.engine native ctranslate2 llama-cpp transformers --out docs/performance.json

Each engine runs in a separate process, one after the other, for `--rounds` rounds; the best value of each figure is
reported. `transformers` runs in bfloat16; `llama-cpp` runs the GGUF and needs llama-cpp-python, whose installation
compiles for ten minutes. The limits of the machine are measured for comparison: an int8 matrix product, and memory
bandwidth.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import torch

from benchmarks.peers.llama import LlamaEngine
from models.card import ModelCard
from models.loading import Loader, open_catalogue
from models.model import LoadedEngine
from models.prompts import render
from models.protocol import Decoding, Prompt
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import FOLDER, Tokenizer
from summarizer.reading import read, sentences

ARTICLE = Path(__file__).parent.parent / "examples" / "voa-2016-02-02-coalition.txt"
LENGTHS = (64, 256, 512)
BATCHES = (1, 4, 16, 32)
LOWER_IS_BETTER = ("seconds", "memory")
"""Words in the names of figures for which lower is better."""

_numbers = count()


def main() -> None:
    """Runs the engines in turn and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="+", choices=["native", "ctranslate2", "llama-cpp", "transformers"])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--most", type=float, metavar="SECONDS", help="time limit for an engine; its figures so far are used"
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--here", action="store_true", help="measure in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.here:
        measure(arguments.engines[0])
        return
    figures: dict[str, dict[str, float]] = {"limit": machine_limits()}
    for _ in range(arguments.rounds):
        for engine in arguments.engines:
            figures[engine] = merge_best(figures.get(engine, {}), run_in_process(engine, arguments.most))
    print(table(figures))
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=1), "utf-8")


def run_in_process(engine: str, timeout: float | None) -> dict[str, float]:
    """Returns the figures of an engine in a separate process; after a timeout, those measured so far."""
    command = [sys.executable, "-m", "benchmarks.engine", engine, "--here"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
    if process.returncode not in {0, -signal.SIGKILL}:
        sys.exit(f"{engine} failed.")
    return dict(json.loads((output.splitlines() or ["{}"])[-1]))


def machine_limits() -> dict[str, float]:
    """Measures the memory bandwidth, and an int8 matrix product of 256 rows."""
    many = torch.ones(1 << 27, dtype=torch.int64)
    weight = torch.ones(8960, 1536, dtype=torch.int8).t()
    rows = torch.ones(256, 1536, dtype=torch.int8)
    return {
        "GB/s read from memory": many.nbytes / min_seconds(many.sum) / 1e9,
        "GOPS of an int8 product": 2 * 256 * weight.numel() / min_seconds(lambda: torch._int_mm(rows, weight)) / 1e9,  # noqa: SLF001
    }


def min_seconds(work: Callable[[], object], times: int = 5) -> float:
    """Returns the shortest duration of some work in seconds."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return min(durations)


def merge_best(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Returns the better value of each figure of two runs."""
    lower = {name: any(word in name for word in LOWER_IS_BETTER) for name in other}
    return one | {name: (min if lower[name] else max)(one.get(name, value), value) for name, value in other.items()}


def measure(engine: str) -> None:
    """Prints the figures of one engine as a line of JSON, updated after each part."""
    peer = engine == "llama-cpp"
    quantization = "bfloat16" if engine == "transformers" else "auto"
    options = {"engine": "ctranslate2" if peer else engine, "quantization": quantization, "device": "cpu"}
    settings = ModelSettings.model_validate(options)
    card = open_catalogue(settings)[settings.model]
    Loader(settings).prepare(card)
    started = time.perf_counter()
    loaded = _peer(card, settings) if peer else Loader(settings)(card)
    figures = {"load, seconds": time.perf_counter() - started}
    bench = EngineBenchmark(card, loaded)
    bench.article(3)
    for part in (bench.summary, bench.reading, bench.tasks, bench.translations, bench.writing):
        figures |= part() | {"memory, GB": psutil.Process().memory_full_info().uss / 1e9}
        print(json.dumps(figures), flush=True)


def _peer(card: ModelCard, settings: ModelSettings) -> LoadedEngine:
    store = Store(settings.home)
    chat = Tokenizer(store.converted_folder(card, "int8", fetch=False) / FOLDER, stop_tokens=()).chat
    return LoadedEngine(LlamaEngine(store.source_folder(card) / card.files[0].name, card.window), chat)


class EngineBenchmark:
    """The measurements of one loaded engine."""

    def __init__(self, card: ModelCard, loaded: LoadedEngine) -> None:
        self._card = card
        self._loaded = loaded
        self._text = read(text=ARTICLE.read_text("utf-8")).text
        self._sentences = [sentence.text for sentence in sentences(self._text.replace("\n", " "), "en")]

    def reading(self) -> dict[str, float]:
        """Measures prefill by prompt length."""
        return {f"prompt of {length}, tokens/s": self._reading(length) for length in LENGTHS}

    def writing(self) -> dict[str, float]:
        """Measures decoding of translations by batch size, without prefill."""
        return {f"{rows} at once, tokens/s": self._writing(rows) for rows in BATCHES}

    def summary(self) -> dict[str, float]:
        """Measures one summary."""
        first: list[float] = []

        def listen(_index: int, _text: str) -> bool:
            first.append(time.perf_counter())
            return False

        started = time.perf_counter()
        written, seconds = self._generate([self._ask("summarise", self._fresh(), "en")], 320, listen)
        return {
            "summary, seconds to the first token": first[0] - started,
            "summary, seconds": seconds,
            "summary, tokens written": float(written),
        }

    def tasks(self) -> dict[str, float]:
        """Measures several tasks on one article."""
        return {"article + 7 tasks, seconds": self.article(120)}

    def translations(self) -> dict[str, float]:
        """Measures translations of sentences, including prefill."""
        return {"16 translations, tokens/s with prompts": self._translations(16)}

    def article(self, max_tokens: int) -> float:
        """Returns the seconds for summaries of one article in five languages, a headline and a blurb."""
        text = self._fresh()
        prompts = [self._ask("summarise", text, language) for language in ("en", "fr", "es", "de", "zh")]
        prompts += [self._ask("headline", text, "en", words=8), self._ask("headline", text, "en", words=20)]
        return self._generate(prompts, max_tokens)[1]

    def _reading(self, length: int) -> float:
        words = f"{next(_numbers)} {self._text * 6}"
        low, high = 0, len(words)
        while low < high:  # find the number of characters with this number of tokens
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._loaded.engine.count(words[:middle]) < length else (low, middle)
        prompt = self._ask("translate", words[:low], "en", target="fr")
        return (self._loaded.engine.count(words[:low]) + 35) / self._generate([prompt], 1)[1]

    def _writing(self, rows: int) -> float:
        prompts = [self._translate(index) for index in range(rows)]
        self._generate(prompts, 1)
        one, other = self._generate(prompts, 1), self._generate(prompts, 33)
        return (other[0] - one[0]) / (other[1] - one[1])

    def _translations(self, rows: int) -> float:
        tokens, seconds = self._generate([self._translate(index) for index in range(rows)], 160)
        return tokens / seconds

    def _translate(self, index: int) -> Prompt:
        sentence = self._sentences[index % len(self._sentences)]
        return self._ask("translate", f"{next(_numbers)}. {sentence}", "en", target="fr")

    def _generate(
        self, prompts: Sequence[Prompt], max_tokens: int, listen: Callable[[int, str], bool] | None = None
    ) -> tuple[int, float]:
        """The number of generated tokens, and the seconds."""
        started = time.perf_counter()
        hypotheses = self._loaded.engine.generate(prompts, Decoding(max_tokens=max_tokens), listen)
        return sum(answer.tokens for answer in hypotheses), time.perf_counter() - started

    def _fresh(self) -> str:
        """The article with a number, so that no prefix cache contains it."""
        return f"{next(_numbers)}. {self._text}"

    def _ask(self, task: Any, text: str, source: str, **fields: Any) -> Prompt:
        options: dict[str, Any] = {"sentences": "three sentences", "words": 60, "characters": 120} | fields
        return render(self._card, self._loaded.chat, task, text, source=source, **options)


def table(figures: dict[str, dict[str, float]]) -> str:
    """Returns the figures as a Markdown table."""
    names = list(dict.fromkeys(name for values in figures.values() for name in values))
    lines = [f"| | {' | '.join(figures)} |", f"| --- |{' ---: |' * len(figures)}"]
    for name in names:
        cells = [f"{values[name]:.1f}" if name in values else "" for values in figures.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
