"""`lede cache`: the answers that are kept."""

import asyncio

import typer

from service.answering.cache import Cache, open_cache
from service.settings import Settings
from summarizer.cli import app, told

cache = typer.Typer(help="The answers that are kept.", no_args_is_help=True)
app.add_typer(cache, name="cache")


@cache.callback()
def kept() -> None:
    """The answers that are kept."""


@cache.command()
def clear() -> None:
    """Drop every answer that is kept, in a running service's memory too."""
    with told():
        asyncio.run(_cleared(open_cache(Settings())))
        typer.echo("No answers are kept any more.")


async def _cleared(kept: Cache) -> None:
    await kept.clear()
    await kept.close()
