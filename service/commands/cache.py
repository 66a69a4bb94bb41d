"""`lede cache`: manages the result cache."""

import asyncio

import typer

from service.answering.cache import ResultCache, open_cache
from service.settings import Settings
from summarizer.cli import app, report_errors

cache = typer.Typer(help="Manage the result cache.", no_args_is_help=True)
app.add_typer(cache, name="cache")


@cache.callback()
def cache_group() -> None:
    """Manage the result cache."""


@cache.command()
def clear() -> None:
    """Remove all cached results, also from the memory of a running service."""
    with report_errors():
        asyncio.run(_clear(open_cache(Settings())))
        typer.echo("The cache is empty.")


async def _clear(results: ResultCache) -> None:
    await results.clear()
    await results.close()
