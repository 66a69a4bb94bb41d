"""`lede memory`: the translated sentences that a service on this machine keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic_core import to_json

from models.loading import open_catalogue
from service.exceptions import TranslationMemoryDisabled
from service.settings import Settings
from service.translation.memory import open_sentence_store
from service.translation.sentence_store import SentenceStore, PairFilter
from summarizer.cli import JsonOption, app, report_errors
from summarizer.files.exchange import export_tmx, read_units
from summarizer.languages import canonical

memory = typer.Typer(help="The translated sentences that are kept.", no_args_is_help=True)
app.add_typer(memory, name="memory")

Key = Annotated[str, typer.Option("--key", help="Whose: a key's id; by default what was asked for without a key.")]
From = Annotated[str | None, typer.Option("--from", "-f", help="Of pairs from this language alone.")]
To = Annotated[str | None, typer.Option("--to", "-t", help="Of pairs to this language alone.")]


@memory.command("list")
def list_memory(key: Key = "", as_json: JsonOption = False) -> None:
    """How many pairs there are, by direction and model."""
    with _opened() as pairs:
        counts = pairs.counts(key)
        if as_json:
            typer.echo(to_json([asdict(count) for count in counts], indent=2))
            return
        for count in counts:
            direction = f"{count.source_language} → {count.target_language}"
            typer.echo(f"{count.pairs:>9,}  {direction}  {count.model or 'imported'}")


@memory.command()
def export(
    file: Annotated[Path, typer.Argument(help="The TMX file to write.", dir_okay=False, writable=True)],
    key: Key = "",
    source: From = None,
    target: To = None,
) -> None:
    """Write pairs into a TMX 1.4 file."""
    with _opened() as pairs, file.open("wb") as written:
        written.writelines(export_tmx(pairs.all(_which(key, source, target))))


@memory.command("import")
def take(
    file: Annotated[Path, typer.Argument(help="A TMX file.", exists=True, dir_okay=False)],
    key: Key = "",
) -> None:
    """Take the pairs of a TMX file in; they go before what a model would write."""
    with _opened() as pairs:
        found = list(read_units(file.read_bytes()))
        good = [unit for unit in found if unit]
        imported = pairs.take(key, good, _languages())
        typer.echo(f"{imported:,} pairs were imported, and {len(found) - len(good):,} refused.")


@memory.command()
def clear(key: Key = "", source: From = None, target: To = None) -> None:
    """Drop pairs: all of a key's, or those of a language or direction."""
    with _opened() as pairs:
        pairs.drop(_which(key, source, target))


@contextmanager
def _opened() -> Iterator[SentenceStore]:
    with report_errors():
        pairs = open_sentence_store(Settings())
        if pairs is None:
            raise TranslationMemoryDisabled("No translations are kept here.")
        try:
            yield pairs
        finally:
            pairs.file.close()


def _which(key: str, source: str | None, target: str | None) -> PairFilter:
    return PairFilter(key, source and canonical(source), target and canonical(target))


def _languages() -> tuple[str, ...]:
    """The tags of the model that translates."""
    settings = Settings()
    return tuple(open_catalogue(settings)[settings.translation_model or settings.model].languages)
