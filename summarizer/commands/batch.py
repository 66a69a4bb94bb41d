"""One command over one input or many: printed, or written into a folder, where it goes on after a stop."""

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
    Path | None, typer.Option("--output", "-o", file_okay=False, help="A folder to write each answer into.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Leave out what the folder has an answer to.")]


class DuplicateOutput(BadInput):
    """Two inputs' answers would have one name."""

    hint = "Give them in two runs, with a folder each."


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What was made of one input: the answer's value, and by the ends of their names the files that say it.

    Files that are made of files have no value.
    """

    value: Any
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """How the answers to many inputs are given. `work` makes one; `endings` are those of the files it makes."""

    output: Path | None
    resume: bool
    as_json: bool
    bars: ProgressBars

    def run(
        self, inputs: Sequence[str], work: Callable[[str], CommandResult], endings: Callable[[str], Sequence[str]]
    ) -> None:
        """Answers each input. One that fails is told, and the others go on; the worst of them is the exit code."""
        names = expand(inputs)
        targets = {name: self._targets(name, endings) for name in names} if self.output else {}
        _check(targets)
        worst = 0
        for at, name in enumerate(names):
            if len(names) > 1:
                self.bars.count("Articles", at, len(names))
            if not (self.resume and targets and all(path.exists() for path in targets[name])):
                worst = max(worst, self._one(name, work, several=len(names) > 1))
        if len(names) > 1:
            self.bars.count("Articles", len(names), len(names))
        if worst:
            raise typer.Exit(worst)

    def _one(self, name: str, work: Callable[[str], CommandResult], *, several: bool) -> int:
        try:
            made = work(name)
        except (LedeError, ModelError) as error:
            report(error, f"{name}: " if several else "")
            return exit_code(error)
        if self.output:
            for ending, content in self._files(made).items():
                _write(self._target(name, ending), content)
        else:
            self._print(name, made, several=several)
        return 0

    def _print(self, name: str, made: CommandResult, *, several: bool) -> None:
        if self.as_json and made.value is not None:
            typer.echo(_line(name, made.value) if several else as_json_text(made.value))
            return
        if several:
            typer.echo(f"==> {name} <==")
        typer.echo(b"\n".join(made.files.values()), nl=False)

    def _files(self, made: CommandResult) -> dict[str, bytes]:
        if self.as_json and made.value is not None:
            return {".json": as_json_text(made.value).encode() + b"\n"}
        return made.files

    def _targets(self, name: str, endings: Callable[[str], Sequence[str]]) -> list[Path]:
        return [self._target(name, ending) for ending in ([".json"] if self.as_json else endings(name))]

    def _target(self, name: str, ending: str) -> Path:
        stem = Path(name).stem if len(name) < 200 and name != "-" else "text"  # noqa: PLR2004 - no file's name is longer
        return (self.output or Path()) / f"{stem}{ending}"


def as_json_text(value: Any) -> str:
    """An answer as JSON, for people to read."""
    return json.dumps(dataclasses.asdict(value), ensure_ascii=False, indent=2, default=str)


def _line(name: str, value: Any) -> str:
    return json.dumps({"file": name, **dataclasses.asdict(value)}, ensure_ascii=False, default=str)


def _check(targets: dict[str, list[Path]]) -> None:
    whose: dict[Path, str] = {}
    for name, paths in targets.items():
        for path in paths:
            if path in whose:
                raise DuplicateOutput(f"The answers to {whose[path]} and {name} would both be {path}.")
            whose[path] = name


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: what stands under its name is whole, whenever the command is stopped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
