"""The `lede` command: what all of its commands share. Each is in a file of its own, here or in service.commands.

Exit codes: 0 done, 1 the service or a model failed, 2 the arguments or the text were wrong, 130 stopped by Ctrl-C.
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

FAILURE, USAGE, STOPPED = 1, 2, 130
_USAGE_ERRORS = (BadInput, CannotFit, UnknownModel, UnsupportedDirection, BadCard, BadSetting)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
ModelOption = Annotated[str | None, typer.Option("--model", "-m", help="A model's id from `lede models list`.")]
SourceLanguageOption = Annotated[
    str | None, typer.Option("--from", "-f", help="The text's language; detected by default.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]


@contextmanager
def report_errors() -> Iterator[None]:
    """Tells known errors of the block as one line on stderr, and leaves with their exit code."""
    try:
        yield
    except (LedeError, ModelError) as error:
        report(error)
        raise typer.Exit(exit_code(error)) from None
    except KeyboardInterrupt:
        typer.echo("lede: Stopped.", err=True)
        raise typer.Exit(STOPPED) from None
    except BrokenPipeError:  # whoever read the results has enough
        sys.stdout = None  # nothing is left to flush into the closed pipe
        raise typer.Exit from None


def report(error: LedeError | ModelError, about: str = "") -> None:
    """Says an error, and what to do about it, in one line."""
    typer.echo(f"lede: {about}{error} {error.hint}".strip(), err=True)


def exit_code(error: LedeError | ModelError) -> int:
    """The exit code of a known error."""
    return USAGE if isinstance(error, _USAGE_ERRORS) else FAILURE


@contextmanager
def open_desk(*, quiet: bool = False) -> Iterator[tuple[Desk, ProgressBars]]:
    """The desk of the user's settings, and the terminal that progress is drawn on."""
    with report_errors(), ProgressBars(quiet=quiet) as bars:
        opened = Desk(settings=ModelSettings(), progress=bars)
        try:
            yield opened, bars
        finally:
            opened.close()
