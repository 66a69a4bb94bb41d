"""Converts a model in a separate process, which releases all its memory: conversion needs twice as much as serving.

The child reads one JSON object from stdin, and writes progress as JSON lines to stdout.
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
    """Runs `Store(home).converted_folder(card, quantization, fetch=fetch)` in a child process.

    Raises the error that the store raised there, or LoadFailed if the process died.
    """
    request = {"card": card.model_dump_json(), "home": str(home), "quantization": quantization, "fetch": fetch}
    command = [
        sys.executable,
        "-P",
        "-m",
        "models.conversion_process",
    ]  # -P: the current folder may contain another package `models`
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with suppress(BrokenPipeError), child.stdin:  # if it died, its exit code is reported below
                child.stdin.write(json.dumps(request))
            for line in child.stdout:
                _relay(json.loads(line), progress)
        except BaseException:
            child.terminate()
            raise
    if child.returncode:
        raise errors.LoadFailed(
            f"Converting {card.id} failed with exit code {child.returncode}: out of memory, or killed."
        )


def _relay(message: dict[str, Any], progress: Progress) -> None:
    if "stage" in message:
        progress.advance(message["stage"], message["done"], message["total"])
    elif "note" in message:
        progress.note(message["note"])
    else:
        raise getattr(errors, message["error"])(message["message"], message["hint"])


class _JsonProgress:
    """Writes progress as JSON lines."""

    def advance(self, stage: Stage, done: int, total: int) -> None:
        _send(stage=stage, done=done, total=total)

    def note(self, message: str) -> None:
        _send(note=message)


def _send(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _main() -> None:
    request = json.load(sys.stdin)
    card = ModelCard.model_validate_json(request["card"])
    try:
        Store(Path(request["home"]), _JsonProgress()).converted_folder(
            card, request["quantization"], fetch=request["fetch"]
        )
    except errors.ModelError as error:
        _send(error=type(error).__name__, message=str(error), hint=error.hint)
    except KeyboardInterrupt:
        sys.exit(STOPPED)


if __name__ == "__main__":
    _main()
