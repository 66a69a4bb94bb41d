"""`lede doctor`: what this machine has, what is wrong with it, and what to do about that."""

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from service.commands.checkup import CheckupResult, run_checks
from summarizer.cli import JsonOption, app, report_errors

_MARKS = {"good": "[green]●[/]", "note": "[yellow]●[/]", "bad": "[red]●[/]"}
_WORDS = {"good": "", "note": "note: ", "bad": "fault: "}


@app.command()
def doctor(
    as_json: JsonOption = False,
    quick: Annotated[bool, typer.Option("--quick", help="Do not load the model and have it write.")] = False,
) -> None:
    """Look at this machine and its models, and say what to do about each fault."""
    console = Console(highlight=False, soft_wrap=True)
    found: list[CheckupResult] = []
    with report_errors():
        for finding in run_checks(writing=not quick):
            found.append(finding)
            if not as_json:
                console.print(_line(finding, plain=not console.is_terminal))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in found], ensure_ascii=False, indent=2))
    if any(finding.state == "bad" for finding in found):
        raise typer.Exit(1)


def _line(finding: CheckupResult, *, plain: bool) -> str:
    mark = "-" if plain else _MARKS[finding.state]
    remedy = f"\n  {escape(finding.remedy)}" if finding.remedy else ""
    return f"{mark} {_WORDS[finding.state] if plain else ''}{finding.what}: {escape(finding.told)}{remedy}"
