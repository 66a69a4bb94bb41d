"""A process that requests a converted model and waits at each stage: `python -m tests.models.conversion_child`.

It takes the store's home and a card in JSON, prints each stage as it is reached, and then waits for a line of input. A
test can then kill it, or start another process, at exactly that stage.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from models import store
from models.card import ModelCard
from models.files.progress import Progress, Stage
from models.store import Store

MOMENTS = ("begun", "half", "written", "named")
"""The stages of a conversion: nothing is written, part of a file, every file, and the manifest."""

Pause = Callable[[str], None]


def converter(pause: Pause = lambda _moment: None) -> ModuleType:
    """Returns a replacement for `models.conversion.convert`, which takes seconds to import: a model of two files."""
    module = ModuleType("models.conversion.convert")

    def convert(_card: ModelCard, source: Path, target: Path, quantization: str, _progress: Progress) -> None:
        target.mkdir()
        weights = b"".join(path.read_bytes() for path in sorted(source.glob("*.gguf"))) + quantization.encode()
        pause("begun")
        with (target / "model.bin").open("wb") as file:
            file.write(weights[: len(weights) // 2])
            file.flush()
            pause("half")
            file.write(weights[len(weights) // 2 :])
        (target / "tokenizer").mkdir()
        (target / "tokenizer" / "vocabulary.txt").write_text("a\nb\n", "utf-8")
        pause("written")

    vars(module)["convert"] = convert
    return module


class _Speaking:
    def advance(self, stage: Stage, done: int, total: int) -> None:
        pass

    def note(self, message: str) -> None:
        _say("note", message)


def _say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - the test reads it


def _pause(moment: str) -> None:
    _say(moment)
    sys.stdin.readline()


def main(home: str, card: str) -> None:
    """Converts, and prints the model's folder."""
    sys.modules["models.conversion.convert"] = converter(_pause)
    write = store._write_manifest

    def named(folder: Path) -> None:
        write(folder)
        _pause("named")

    store._write_manifest = named
    _say("done", Store(Path(home), _Speaking()).converted_folder(ModelCard.model_validate_json(card), "int8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
