"""Runs a command on one or many inputs; results are printed, or written into a folder, where a run can be resumed."""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from models.errors import ModelError
from summarizer.cli import exit_code, report
from summarizer.commands.inputs import expand
from summarizer.console import ProgressBars
from summarizer.errors import BadInput, LedeError

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", file_okay=False, help="Write each result into this folder.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Skip inputs that already have a result in the folder.")]


class DuplicateOutput(BadInput):
    """The results of two inputs would have the same file name."""

    hint = "Process them in two runs, with separate folders."


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of one input: the value for JSON, and the output files by suffix.

    The value is None if the result is a file itself, such as a translated document.
    """

    value: Any
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """The output options of a run over many inputs."""

    output: Path | None
    resume: bool
    as_json: bool
    bars: ProgressBars

    def run(
        self, inputs: Sequence[str], process: Callable[[str], CommandResult], suffixes: Callable[[str], Sequence[str]]
    ) -> None:
        """Processes each input. An input that fails is reported, and the highest code of failures is the exit code.

        `process` handles one input; `suffixes` returns the suffixes of an input's output files.
        """
        names = expand(inputs)
        targets = {name: self._targets(name, suffixes) for name in names} if self.output else {}
        _check(targets)
        worst = 0
        for at, name in enumerate(names):
            if len(names) > 1:
                self.bars.count("Articles", at, len(names))
            if not (self.resume and targets and all(path.exists() for path in targets[name])):
                worst = max(worst, self._one(name, process, several=len(names) > 1))
        if len(names) > 1:
            self.bars.count("Articles", len(names), len(names))
        if worst:
            raise typer.Exit(worst)

    def _one(self, name: str, process: Callable[[str], CommandResult], *, several: bool) -> int:
        try:
            result = process(name)
        except (LedeError, ModelError) as error:
            report(error, f"{name}: " if several else "")
            return exit_code(error)
        if self.output:
            for suffix, content in self._files(result).items():
                _write(self._target(name, suffix), content)
        else:
            self._print(name, result, several=several)
        return 0

    def _print(self, name: str, result: CommandResult, *, several: bool) -> None:
        if self.as_json and result.value is not None:
            typer.echo(_line(name, result.value) if several else as_json_text(result.value))
            return
        if several:
            typer.echo(f"==> {name} <==")
        typer.echo(b"\n".join(result.files.values()), nl=False)

    def _files(self, result: CommandResult) -> dict[str, bytes]:
        if self.as_json and result.value is not None:
            return {".json": as_json_text(result.value).encode() + b"\n"}
        return result.files

    def _targets(self, name: str, suffixes: Callable[[str], Sequence[str]]) -> list[Path]:
        return [self._target(name, suffix) for suffix in ([".json"] if self.as_json else suffixes(name))]

    def _target(self, name: str, suffix: str) -> Path:
        stem = Path(name).stem if len(name) < 200 and name != "-" else "text"  # noqa: PLR2004 - no file's name is longer
        return (self.output or Path()) / f"{stem}{suffix}"


def as_json_text(value: Any) -> str:
    """Returns a result as indented JSON."""
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, indent=2, default=str)


def _line(name: str, value: Any) -> str:
    return json.dumps({"file": name, **dataclasses.asdict(value)}, ensure_ascii=False, default=str)


def _check(targets: dict[str, list[Path]]) -> None:
    inputs: dict[Path, str] = {}
    for name, paths in targets.items():
        for path in paths:
            if path in inputs:
                raise DuplicateOutput(f"The results of {inputs[path]} and {name} would both be written to {path}.")
            inputs[path] = name


def _write(path: Path, content: bytes) -> None:
    """Writes a file atomically, so that an interrupted run leaves no partial results."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
