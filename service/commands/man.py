"""`lede man`: prints the manual page, generated from the commands."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import typer

from summarizer.cli import FAILURE, INTERRUPTED, USAGE, app

FILES = (
    ("lede.toml", "Settings, in the folder in which lede is started. `lede init` writes a template."),
    (".env", "Environment variables, in the same folder. They take precedence over lede.toml."),
)

CODES = (
    (0, "Success."),
    (FAILURE, "A model or the service failed."),
    (USAGE, "The arguments or the text are invalid."),
    (INTERRUPTED, "Interrupted by Ctrl-C."),
)


@app.command(hidden=True)
def man() -> None:
    """Print the manual page: `lede man | man -l -`."""
    typer.echo(page(), nl=False)


def page() -> str:
    """Returns the manual page in troff with the `man` macros."""
    root = typer.main.get_command(app)
    return "\n".join(_lines(root)) + "\n"


def _lines(root: Any) -> Iterator[str]:
    yield f'.TH LEDE 1 "" "Lede {version("lede")}" "User commands"'
    yield from (".SH NAME", f"lede \\- {_plain(root.help or '')}")
    yield from (".SH SYNOPSIS", "\\fBlede\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]", ".SH COMMANDS")
    for path, command in _commands(root, ("lede",)):
        yield from _command(path, command)
    yield ".SH FILES"
    for name, description in FILES:
        yield from (".TP", f"\\fI{_plain(name)}\\fR", _plain(description))
    yield ".SH EXIT STATUS"
    for code, description in CODES:
        yield from (".TP", f"\\fB{code}\\fR", _plain(description))


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yields the visible commands, including those of groups."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        elif not command.hidden:
            yield (*path, name), command


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=" ".join(path))
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    names = " ".join(f"\\fI{_plain(argument.metavar or argument.name.upper())}\\fR" for argument in arguments)
    yield from (f".SS {' '.join(path)} {names}".rstrip(), _plain(command.help or ""))
    for parameter in command.params:
        if record := parameter.get_help_record(context):
            yield from (".TP", f"\\fB{_plain(record[0])}\\fR", _plain(record[1]))


def _plain(text: str) -> str:
    """Returns text escaped for troff."""
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
