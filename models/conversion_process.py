"""Converting a model in a process of its own, which gives all its memory back: it takes twice what serving takes.

The child reads one JSON object from stdin, and tells each thing in a line of JSON on stdout.
"""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from models import errors
from models.card import ModelCard
from models.files.progress import Progress, Stage
from models.store import Store

STOPPED = 130


def convert(card: ModelCard, home: Path, quantization: str, progress: Progress, *, fetch: bool) -> None:
    """`Store(home).converted(card, quantization, fetch=fetch)`, elsewhere.

    Raises what the store raised there, or LoadFailed if the process died.
    """
    given = {"card": card.model_dump_json(), "home": str(home), "quantization": quantization, "fetch": fetch}
    command = [
        sys.executable,
        "-P",
        "-m",
        "models.conversion_process",
    ]  # -P: the user's current folder may hold a `models` too
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with suppress(BrokenPipeError), child.stdin:  # where it died, its code is told below
                child.stdin.write(json.dumps(given))
            for line in child.stdout:
                _relay(json.loads(line), progress)
        except BaseException:
            child.terminate()
            raise
    if child.returncode:
        raise errors.LoadFailed(f"Converting {card.id} ended with code {child.returncode}: out of memory, or killed.")


def _relay(told: dict[str, Any], progress: Progress) -> None:
    if "stage" in told:
        progress.advance(told["stage"], told["done"], told["total"])
    elif "note" in told:
        progress.note(told["note"])
    else:
        raise getattr(errors, told["error"])(told["message"], told["hint"])


class _Lines:
    """Progress as lines of JSON."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        _tell(stage=stage, done=done, total=total)

    def note(self, message: str) -> None:
        _tell(note=message)


def _tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _main() -> None:
    given = json.load(sys.stdin)
    card = ModelCard.model_validate_json(given["card"])
    try:
        Store(Path(given["home"]), _Lines()).converted(card, given["quantization"], fetch=given["fetch"])
    except errors.ModelError as error:
        _tell(error=type(error).__name__, message=str(error), hint=error.hint)
    except KeyboardInterrupt:
        sys.exit(STOPPED)


if __name__ == "__main__":
    _main()
