"""`lede keys`: manages the API keys of a service, which may be running."""

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
            raise typer.BadParameter("Use a number and a period, such as 60/minute.") from error
    return rate


keys = typer.Typer(help="Manage API keys.", no_args_is_help=True)
app.add_typer(keys, name="keys")

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of the key, from `lede keys list`.")]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="A name that says whose key it is.")],
    scope: Annotated[
        Scope, typer.Option(help="read: read-only requests; write: also requests for texts; admin: everything.")
    ] = "write",
    rate: Annotated[str | None, typer.Option(help="Rate limit, such as `60/minute`.", callback=_rate)] = None,
    quota: Annotated[int | None, typer.Option(min=0, help="Characters per month.")] = None,
) -> None:
    """Create a key and print it; it is shown only once. Once a key exists, the service requires keys."""
    with _open_keys() as stored:
        typer.echo(stored.create(name, scope, rate, quota))


@keys.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """List all keys, including revoked ones, with the characters used this month."""
    with _open_keys() as stored:
        quotas = Quotas(stored.database)
        rows = [{**asdict(key), "characters_used": quotas.used(key)} for key in stored.all()]
        if as_json:
            typer.echo(json.dumps([{name: row[name] for name in row if name != "hash"} for row in rows], indent=2))
            return
        for key, row in zip(stored.all(), rows, strict=True):
            typer.echo(_line(key, row["characters_used"]))


@keys.command()
def rotate(key: Id) -> None:
    """Replace the token of a key and print it; the old token becomes invalid."""
    with _open_keys() as stored:
        typer.echo(stored.rotate(key))


@keys.command()
def revoke(key: Id) -> None:
    """Revoke a key permanently."""
    with _open_keys() as stored:
        stored.revoke(key)
        typer.echo(f"{key} is revoked.")


@contextmanager
def _open_keys() -> Iterator[Keys]:
    with report_errors():
        stored = Keys(Settings().data)
        try:
            yield stored
        finally:
            stored.close()


def _line(key: Key, characters: int) -> str:
    created = f"{datetime.fromtimestamp(key.created, UTC):%Y-%m-%d}"
    limits = (
        f"{key.rate or 'any rate'}, {characters:,} of {'any' if key.quota is None else f'{key.quota:,}'} characters"
    )
    return f"{key.id}  {key.scope:5}  {created}  {key.name}  ({'revoked' if key.revoked else limits})"
