"""`lede init`: a settings file to fill in."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any, get_args

import typer
from pydantic.fields import FieldInfo

from models.settings_file import NAME, VARIABLE
from service.settings import Settings
from summarizer.cli import app, report_errors
from summarizer.errors import BadInput

WIDTH = 96

HEAD = (
    "Settings of Lede: every one there is, at its default. Take the # away before a name to set it. A variable of the "
    f"environment (`LEDE_PORT` for `port`) goes before this file, which is read from the folder that `lede` is started "
    f"in, or from where {VARIABLE} says."
)


class FileExists(BadInput):
    """There is such a file already."""

    hint = "Choose another name, or write over it with --force."


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="The file to write; `-` for standard output.")] = Path(NAME),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a settings file in which every setting is explained."""
    with report_errors():
        if str(path) == "-":
            typer.echo(settings_toml(), nl=False)
            return
        if path.exists() and not force:
            raise FileExists(f"{path} is there already.")
        path.write_text(settings_toml(), "utf-8")
        typer.echo(f"{path} is written: every setting, at its default.", err=True)


def settings_toml() -> str:
    """The file, as TOML."""
    parts = [_comment(HEAD), *(_setting(name, field) for name, field in Settings.model_fields.items())]
    return "\n\n".join(parts) + "\n"


def _setting(name: str, field: FieldInfo) -> str:
    default = json.dumps(field.get_default(), default=str, ensure_ascii=False)  # of such values JSON is TOML
    if name == "home" or field.default is None:
        default = '"..."'
    return _comment(" ".join([field.description or "", *_allowed(field)])) + f"\n#{name} = {default}"


def _allowed(field: FieldInfo) -> Iterator[str]:
    choices = [value for value in get_args(field.annotation) if isinstance(value, str)]
    if choices:
        yield f"One of {', '.join(map(json.dumps, choices))}."
    bounds = {type(bound).__name__: bound for bound in field.metadata}
    words: dict[str, Any] = {"Ge": "at least", "Gt": "more than", "Le": "at most"}
    told = [f"{words[kind]} {getattr(bound, kind.lower())}" for kind, bound in bounds.items() if kind in words]
    if told:
        yield f"A number: {' and '.join(told)}."


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))
