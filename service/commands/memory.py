"""`lede memory`: manages the translation memory of a service on this machine."""

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
from service.translation.sentence_store import PairFilter, SentenceStore
from summarizer.cli import JsonOption, app, report_errors
from summarizer.files.exchange import export_tmx, read_units
from summarizer.languages import canonical

memory = typer.Typer(help="Manage the translation memory.", no_args_is_help=True)
app.add_typer(memory, name="memory")

KeyOption = Annotated[str, typer.Option("--key", help="The id of the owning key; by default, requests without a key.")]
SourceOption = Annotated[str | None, typer.Option("--from", "-f", help="Only pairs from this language.")]
TargetOption = Annotated[str | None, typer.Option("--to", "-t", help="Only pairs to this language.")]


@memory.command("list")
def list_memory(key: KeyOption = "", as_json: JsonOption = False) -> None:
    """Count the stored pairs by direction and model."""
    with _open_store() as pairs:
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
    key: KeyOption = "",
    source: SourceOption = None,
    target: TargetOption = None,
) -> None:
    """Write the pairs to a TMX 1.4 file."""
    with _open_store() as pairs, file.open("wb") as output:
        output.writelines(export_tmx(pairs.all(_filter(key, source, target))))


@memory.command("import")
def import_memory(
    file: Annotated[Path, typer.Argument(help="A TMX file.", exists=True, dir_okay=False)],
    key: KeyOption = "",
) -> None:
    """Import the pairs of a TMX file. They take precedence over the model."""
    with _open_store() as pairs:
        parsed = list(read_units(file.read_bytes()))
        valid = [unit for unit in parsed if unit]
        imported = pairs.import_units(key, valid, _languages())
        typer.echo(f"{imported:,} pairs were imported, and {len(parsed) - len(valid):,} refused.")


@memory.command()
def clear(key: KeyOption = "", source: SourceOption = None, target: TargetOption = None) -> None:
    """Delete pairs: all of a key, or those of a language or direction."""
    with _open_store() as pairs:
        pairs.delete(_filter(key, source, target))


@contextmanager
def _open_store() -> Iterator[SentenceStore]:
    with report_errors():
        pairs = open_sentence_store(Settings())
        if pairs is None:
            raise TranslationMemoryDisabled("The translation memory is disabled.")
        try:
            yield pairs
        finally:
            pairs.file.close()


def _filter(key: str, source: str | None, target: str | None) -> PairFilter:
    return PairFilter(key, source and canonical(source), target and canonical(target))


def _languages() -> tuple[str, ...]:
    """Returns the language tags of the translation model."""
    settings = Settings()
    return tuple(open_catalogue(settings)[settings.translation_model or settings.model].languages)
