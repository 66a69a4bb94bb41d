"""`lede cache`: the answers that are kept."""

import asyncio

import typer

from service.answering.cache import ResultCache, open_cache
from service.settings import Settings
from summarizer.cli import app, report_errors

cache = typer.Typer(help="The answers that are kept.", no_args_is_help=True)
app.add_typer(cache, name="cache")


@cache.callback()
def kept() -> None:
    """The answers that are kept."""


@cache.command()
def clear() -> None:
    """Drop every answer that is kept, in a running service's memory too."""
    with report_errors():
        asyncio.run(_cleared(open_cache(Settings())))
        typer.echo("No answers are kept any more.")


async def _cleared(kept: ResultCache) -> None:
    await kept.clear()
    await kept.close()
