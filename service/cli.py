"""The `lede` command: `serve` and `read`, beside those of service.commands and of summarizer.cli."""

import asyncio
import errno
import json
import socket
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Annotated

import typer
import uvicorn

from service import commands
from service.access.keys import Keys
from service.answering.sources import fetch_source
from service.app import create_app
from service.http.connections import Connection
from service.links.addresses import is_loopback
from service.links.fetch import Fetcher
from service.logging import set_up
from service.settings import Settings
from summarizer import commands as editorial
from summarizer.article import Article
from summarizer.cli import JsonOption, SourceLanguageOption, app, report_errors
from summarizer.commands.inputs import read_source
from summarizer.console import ProgressBars
from summarizer.desk import Source
from summarizer.errors import LedeError
from summarizer.reading import read as reader

__all__ = ["SAMPLE", "app", "commands", "editorial", "main", "read", "serve"]

SAMPLE = (
    """curl -s http://{address}/v1/summaries -H 'Content-Type: application/json' -d '{{"text": """
    """"The United States and its allies said Tuesday they will intensify their campaign against the Islamic State """
    """group. The coalition says the group has lost 40 percent of the territory it had gained in Iraq and 20 percent """
    """in Syria."}}'"""
)


class PortTaken(LedeError):
    """Something else listens there."""

    hint = "Stop it, or choose another port: `lede serve --port 8001` or LEDE_PORT=8001."


class CannotListen(LedeError):
    """The address is none of this machine's, or not for this user."""

    hint = "Choose another with --host and --port."


class OpenToAll(LedeError):
    """Other machines could ask, and no key is asked for."""

    hint = "Make a key with `lede keys create NAME`, or set LEDE_AUTH=open to let anybody in."


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = None,
) -> None:
    """Serve the HTTP API: fetch and convert the model if need be, load it, and answer until Ctrl-C."""
    with report_errors():
        settings = Settings()
        settings = settings.model_copy(
            update={"host": host or settings.host, "port": settings.port if port is None else port}
        )
        _guarded(settings)
        listening = _listen(settings.host, settings.port)
        with listening:
            address = "{}:{}".format(*listening.getsockname()[:2])
            _run(settings, listening, address, ProgressBars())


@app.command()
def read(
    article: Annotated[str, typer.Argument(help="A file, a link, or `-` for standard input.", show_default=False)],
    explain: Annotated[bool, typer.Option("--explain", help="Say what was left out, and why.")] = False,
    source_language: SourceLanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the article as Lede reads it."""
    with report_errors():
        source = (
            asyncio.run(_linked(article, source_language))
            if "://" in article
            else read_source(article, source_language)
        )
        found = reader(**{field.name: getattr(source, field.name) for field in fields(source)})
        if as_json:
            typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(_told(found, explain=explain)))


async def _linked(url: str, language: str | None) -> Source:
    """The page behind a link that the user typed: any public host, within the settings' time and size."""
    rules = replace(Settings().fetch_rules, hosts=("*",))
    return await fetch_source(url, Fetcher(rules), source_language=language)


def _told(article: Article, *, explain: bool) -> Iterator[str]:
    for name, value in (("Title", article.title), ("Byline", article.byline), ("Date", article.date)):
        if value:
            yield f"{name}: {value}"
    yield f"Language: {article.language} ({article.detection.confidence:.0%})\n\n{article.text.strip()}"
    if explain:
        yield "\nLeft out:" if article.removed else "\nNothing was left out."
        yield from (f"  {one.reason}: {one.text}" for one in article.removed)
        yield from (f"  Warning: {notice.message}" for notice in article.warnings)


def main() -> None:
    """What the `lede` command runs."""
    app()


def _guarded(settings: Settings) -> None:
    """Raises OpenToAll for an address beyond this machine while neither keys nor the operator guard it."""
    if settings.auth != "auto" or is_loopback(settings.host):
        return
    known = Keys(settings.data)
    guarded = known.exist()
    known.close()
    if not guarded:
        raise OpenToAll(f"Lede would answer anybody on {settings.host}: there are no keys.")


def _listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything is loaded. Raises PortTaken or CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only over sockets that say they are TCP's.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} of {host} is taken.") from error
        raise CannotListen(f"Cannot listen on {host}:{port} ({error.strerror}).") from error
    return listening


def _run(settings: Settings, listening: socket.socket, address: str, bars: ProgressBars) -> None:
    set_up(settings)
    application = create_app(settings, bars=bars, on_ready=lambda: _greet(address, bars))
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        http=Connection,
        ws="none",
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    bars.note(f"Lede is on http://{address} and loads its model.")
    uvicorn.Server(config).run(sockets=[listening])


def _greet(address: str, bars: ProgressBars) -> None:
    bars.note(f"Ready. Open http://{address}/ in a browser; the API is described on http://{address}/docs. Try:")
    bars.note(f"\n{SAMPLE.format(address=address)}\n")
