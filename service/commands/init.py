"""`lede init`: writes a settings file to fill in."""

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
    "All settings of Lede, with their defaults. To set one, remove the # in front of its name. Environment variables, "
    "such as `LEDE_PORT` for `port`, take precedence over this file. It is read from the folder in which `lede` is "
    f"started, or from the path in {VARIABLE}."
)


class FileExists(BadInput):
    """The file exists."""

    hint = "Choose another name, or overwrite it with --force."


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="The file to write; `-` for standard output.")] = Path(NAME),
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a settings file that explains every setting."""
    with report_errors():
        if str(path) == "-":
            typer.echo(settings_toml(), nl=False)
            return
        if path.exists() and not force:
            raise FileExists(f"{path} already exists.")
        path.write_text(settings_toml(), "utf-8")
        typer.echo(f"{path} was written, with every setting at its default.", err=True)


def settings_toml() -> str:
    """Returns the settings file as TOML."""
    parts = [_comment(HEAD), *(_setting(name, field) for name, field in Settings.model_fields.items())]
    return "\n\n".join(parts) + "\n"


def _setting(name: str, field: FieldInfo) -> str:
    default = json.dumps(field.get_default(), default=str, ensure_ascii=False)  # JSON of these types is valid TOML
    if name == "home" or field.default is None:
        default = '"..."'
    return _comment(" ".join([field.description or "", *_allowed(field)])) + f"\n#{name} = {default}"


def _allowed(field: FieldInfo) -> Iterator[str]:
    choices = [value for value in get_args(field.annotation) if isinstance(value, str)]
    if choices:
        yield f"One of {', '.join(map(json.dumps, choices))}."
    bounds = {type(bound).__name__: bound for bound in field.metadata}
    phrases: dict[str, Any] = {"Ge": "at least", "Gt": "more than", "Le": "at most"}
    conditions = [
        f"{phrases[kind]} {getattr(bound, kind.lower())}" for kind, bound in bounds.items() if kind in phrases
    ]
    if conditions:
        yield f"A number: {' and '.join(conditions)}."


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))
