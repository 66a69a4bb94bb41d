"""The `lede` command: what all of its subcommands share. They are in summarizer.commands and service.commands.

Exit codes: 0 success, 1 failure of the service or a model, 2 invalid arguments or input, 130 interrupted by Ctrl-C.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from models.errors import BadCard, BadSetting, ModelError, UnknownModel, UnsupportedDirection
from models.settings import ModelSettings
from summarizer.console import ProgressBars
from summarizer.desk import Desk
from summarizer.errors import BadInput, CannotFit, LedeError

app = typer.Typer(
    name="lede",
    help="A multilingual news desk: summaries, translations and push blurbs of articles, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

FAILURE, USAGE, INTERRUPTED = 1, 2, 130
_USAGE_ERRORS = (BadInput, CannotFit, UnknownModel, UnsupportedDirection, BadCard, BadSetting)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the complete result as JSON.")]
ModelOption = Annotated[str | None, typer.Option("--model", "-m", help="The id of a model from `lede models list`.")]
SourceLanguageOption = Annotated[
    str | None, typer.Option("--from", "-f", help="The language of the text; detected by default.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print only results and errors.")]


@contextmanager
def report_errors() -> Iterator[None]:
    """Reports known errors of the block as one line on stderr, and exits with their code."""
    try:
        yield
    except (LedeError, ModelError) as error:
        report(error)
        raise typer.Exit(exit_code(error)) from None
    except KeyboardInterrupt:
        typer.echo("lede: Interrupted.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:  # the reader closed the pipe
        sys.stdout = None  # prevents another flush into it
        raise typer.Exit from None


def report(error: LedeError | ModelError, about: str = "") -> None:
    """Prints an error and its hint in one line."""
    typer.echo(f"lede: {about}{error} {error.hint}".strip(), err=True)


def exit_code(error: LedeError | ModelError) -> int:
    """Returns the exit code of a known error."""
    return USAGE if isinstance(error, _USAGE_ERRORS) else FAILURE


@contextmanager
def open_desk(*, quiet: bool = False) -> Iterator[tuple[Desk, ProgressBars]]:
    """Opens a desk with the user's settings, and progress bars."""
    with report_errors(), ProgressBars(quiet=quiet) as bars:
        opened = Desk(settings=ModelSettings(), progress=bars)
        try:
            yield opened, bars
        finally:
            opened.close()
