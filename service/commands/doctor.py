"""`lede doctor`: checks this machine and says how to fix problems."""

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from service.commands.checkup import CheckupResult, run_checks
from summarizer.cli import JsonOption, app, report_errors

_MARKS = {"ok": "[green]●[/]", "warning": "[yellow]●[/]", "error": "[red]●[/]"}
_LABELS = {"ok": "", "warning": "warning: ", "error": "error: "}


@app.command()
def doctor(
    as_json: JsonOption = False,
    quick: Annotated[bool, typer.Option("--quick", help="Skip loading the model and generating text.")] = False,
) -> None:
    """Check this machine and its models, and say how to fix problems."""
    console = Console(highlight=False, soft_wrap=True)
    results: list[CheckupResult] = []
    with report_errors():
        for result in run_checks(writing=not quick):
            results.append(result)
            if not as_json:
                console.print(_line(result, plain=not console.is_terminal))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(result) for result in results], ensure_ascii=False, indent=2))
    if any(result.status == "error" for result in results):
        raise typer.Exit(1)


def _line(result: CheckupResult, *, plain: bool) -> str:
    mark = "-" if plain else _MARKS[result.status]
    hint = f"\n  {escape(result.hint)}" if result.hint else ""
    return f"{mark} {_LABELS[result.status] if plain else ''}{result.check}: {escape(result.message)}{hint}"
