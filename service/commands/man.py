"""`lede man`: the manual page, made from the commands themselves."""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import typer

from summarizer.cli import FAILURE, STOPPED, USAGE, app

FILES = (
    ("lede.toml", "Settings, in the folder that lede is started in. `lede init` writes one that explains each."),
    (".env", "Variables of the environment, in the same folder. They go before lede.toml."),
)

CODES = (
    (0, "Done."),
    (FAILURE, "A model or the service failed."),
    (USAGE, "The arguments or the text were wrong."),
    (STOPPED, "Stopped by Ctrl-C."),
)


@app.command(hidden=True)
def man() -> None:
    """Print the manual page: `lede man | man -l -`."""
    typer.echo(page(), nl=False)


def page() -> str:
    """The manual page in troff's `man` macros."""
    root = typer.main.get_command(app)
    return "\n".join(_lines(root)) + "\n"


def _lines(root: Any) -> Iterator[str]:
    yield f'.TH LEDE 1 "" "Lede {version("lede")}" "User commands"'
    yield from (".SH NAME", f"lede \\- {_plain(root.help or '')}")
    yield from (".SH SYNOPSIS", "\\fBlede\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]", ".SH COMMANDS")
    for path, command in _commands(root, ("lede",)):
        yield from _command(path, command)
    yield ".SH FILES"
    for name, said in FILES:
        yield from (".TP", f"\\fI{_plain(name)}\\fR", _plain(said))
    yield ".SH EXIT STATUS"
    for code, said in CODES:
        yield from (".TP", f"\\fB{code}\\fR", _plain(said))


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The commands that are shown, those of groups in their places."""
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
    """Text that troff shows as it is."""
    shown = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown
