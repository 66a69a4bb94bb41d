"""`lede models`: lists models, and manages their files on this machine."""

import json
from typing import Annotated

import typer

from models.loading import Loader, open_catalogue
from models.settings import ModelSettings
from models.store import Store
from summarizer.cli import JsonOption, app, report_errors
from summarizer.console import ProgressBars
from summarizer.desk import Desk

models = typer.Typer(help="Manage the models on this machine.", no_args_is_help=True)
app.add_typer(models, name="models")


@models.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """List the known models, and which of them are on this machine."""
    with report_errors():
        settings = ModelSettings()
        store, cards = Store(settings.home), open_catalogue(settings).values()
        if as_json:
            fields = {"id", "title", "licence", "commercial_use", "notice", "download"}
            rows = [{**card.model_dump(include=fields), "bytes_here": store.size(card)} for card in cards]
            typer.echo(json.dumps(rows, indent=2))
            return
        for card in cards:
            mark = "●" if store.is_fetched(card) else "○"
            terms = "" if card.commercial_use else "  NON-COMMERCIAL"
            typer.echo(f"{mark} {card.id}  {card.download / 1e9:.1f} GB  {card.licence}{terms}\n  {card.title}")


@models.command()
def pull(model: Annotated[str | None, typer.Argument(help="By default, the settings' models.")] = None) -> None:
    """Download, verify and convert a model."""
    with report_errors(), ProgressBars() as bars:
        settings = ModelSettings()
        prepare(settings, bars, model)


def prepare(settings: ModelSettings, bars: ProgressBars, model: str | None = None) -> None:
    """Downloads and converts a model, by default the models of the settings. Raises ModelError."""
    opened = Desk(settings=settings)
    loader = Loader(settings, bars)
    for card in [opened.pool.catalogue[model]] if model else opened.defaults():
        loader.prepare(card)
        bars.note(f"{card.id} is ready ({card.licence}).")


@models.command()
def remove(model: str) -> None:
    """Delete a model's files."""
    with report_errors():
        settings = ModelSettings()
        freed = Store(settings.home).remove(open_catalogue(settings)[model])
        typer.echo(f"{freed / 1e6:,.0f} MB freed.")


@models.command()
def verify(model: Annotated[str | None, typer.Argument(help="By default, the settings' model.")] = None) -> None:
    """Check a model's files against the checksums of its card."""
    with report_errors(), ProgressBars() as bars:
        settings = ModelSettings()
        card = open_catalogue(settings)[model or settings.model]
        Store(settings.home, bars).verify(card)
        typer.echo(f"{card.id}: all files match the card.")
