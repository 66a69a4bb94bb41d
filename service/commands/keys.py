"""`lede keys`: what an operator does to a service's state, running or not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from limits import parse

from service.access.keys import Key, Keys, Scope
from service.access.quotas import Quotas
from service.settings import Settings
from summarizer.cli import JsonOption, app, report_errors


def _rate(rate: str | None) -> str | None:
    if rate is not None:
        try:
            parse(rate)
        except ValueError as error:
            raise typer.BadParameter("Write a number and a time, e.g. 60/minute.") from error
    return rate


keys = typer.Typer(help="Who may ask a service for what.", no_args_is_help=True)
app.add_typer(keys, name="keys")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `lede keys list` shows it.")]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose it is, for people to read.")],
    scope: Annotated[Scope, typer.Option(help="read: look; write: have texts written; admin: all.")] = "write",
    rate: Annotated[str | None, typer.Option(help="Requests, e.g. `60/minute`.", callback=_rate)] = None,
    quota: Annotated[int | None, typer.Option(min=0, help="Characters a month.")] = None,
) -> None:
    """Make a key, and print it: it is shown this once. A service asks for keys from the first one on."""
    with _opened() as known:
        typer.echo(known.create(name, scope, rate, quota))


@keys.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """The keys there are and were, with the characters of this month."""
    with _opened() as known:
        quotas = Quotas(known.database)
        rows = [{**asdict(key), "characters_used": quotas.spent(key)} for key in known.all()]
        if as_json:
            typer.echo(json.dumps([{name: row[name] for name in row if name != "hash"} for row in rows], indent=2))
            return
        for key, row in zip(known.all(), rows, strict=True):
            typer.echo(_line(key, row["characters_used"]))


@keys.command()
def rotate(key: Id) -> None:
    """Print a new secret for a key; the old one counts no more."""
    with _opened() as known:
        typer.echo(known.rotate(key))


@keys.command()
def revoke(key: Id) -> None:
    """End a key for good."""
    with _opened() as known:
        known.revoke(key)
        typer.echo(f"{key} counts no more.")


@contextmanager
def _opened() -> Iterator[Keys]:
    with report_errors():
        known = Keys(Settings().data)
        try:
            yield known
        finally:
            known.close()


def _line(key: Key, characters: int) -> str:
    made = f"{datetime.fromtimestamp(key.created, UTC):%Y-%m-%d}"
    limits = (
        f"{key.rate or 'any rate'}, {characters:,} of {'any' if key.quota is None else f'{key.quota:,}'} characters"
    )
    return f"{key.id}  {key.scope:5}  {made}  {key.name}  ({'revoked' if key.revoked else limits})"
