"""The `lede` command: `serve` and `read`; the others are in service.commands and summarizer.commands."""

import asyncio
import errno
import json
import socket
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Annotated

import typer
import uvicorn

from service import commands
from service.access.keys import Keys
from service.answering.sources import fetch_source
from service.app import create_app
from service.http.connections import Connection
from service.links.addresses import is_loopback
from service.links.fetch import Fetcher, FetchRules
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
    """Another program listens on the port."""

    hint = "Stop it, or choose another port: `lede serve --port 8001` or LEDE_PORT=8001."


class CannotListen(LedeError):
    """The address does not belong to this machine, or this user may not listen on it."""

    hint = "Choose another address with --host and --port."


class NoKeys(LedeError):
    """The service would be open to other machines without requiring keys."""

    hint = "Create a key with `lede keys create NAME`, or set LEDE_AUTH=open to serve anyone."


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port; 0 chooses a free one.")] = None,
) -> None:
    """Serve the HTTP API until Ctrl-C; fetch, convert and load the models first if needed."""
    with report_errors():
        settings = Settings()
        settings = settings.model_copy(
            update={"host": host or settings.host, "port": settings.port if port is None else port}
        )
        _check_exposure(settings)
        listener = _listen(settings.host, settings.port)
        with listener:
            address = "{}:{}".format(*listener.getsockname()[:2])
            _run(settings, listener, address, ProgressBars())


@app.command()
def read(
    article: Annotated[str, typer.Argument(help="A file, a link, or `-` for standard input.", show_default=False)],
    explain: Annotated[bool, typer.Option("--explain", help="Show what was removed, and why.")] = False,
    source_language: SourceLanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the article that Lede extracts."""
    with report_errors():
        source = (
            asyncio.run(_fetch(article, source_language)) if "://" in article else read_source(article, source_language)
        )
        extracted = reader(**{field.name: getattr(source, field.name) for field in fields(source)})
        if as_json:
            typer.echo(json.dumps(asdict(extracted), ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(_lines(extracted, explain=explain)))


async def _fetch(url: str, language: str | None) -> Source:
    """Fetches a page that the user chose, from any public host."""
    return await fetch_source(url, Fetcher(FetchRules(hosts=("*",))), source_language=language)


def _lines(article: Article, *, explain: bool) -> Iterator[str]:
    for name, value in (("Title", article.title), ("Byline", article.byline), ("Date", article.date)):
        if value:
            yield f"{name}: {value}"
    yield f"Language: {article.language} ({article.detection.confidence:.0%})\n\n{article.text.strip()}"
    if explain:
        yield "\nRemoved:" if article.removed else "\nNothing was removed."
        yield from (f"  {one.reason}: {one.text}" for one in article.removed)
        yield from (f"  Warning: {notice.message}" for notice in article.warnings)


def main() -> None:
    """The entry point of the `lede` command."""
    app()


def _check_exposure(settings: Settings) -> None:
    """Raises NoKeys if other machines could use the service without a key, unless the setting `auth` allows it."""
    if settings.auth != "auto" or is_loopback(settings.host):
        return
    keys = Keys(settings.data)
    any_exist = keys.any_exist()
    keys.close()
    if not any_exist:
        raise NoKeys(f"Anyone who reaches {settings.host} could use Lede: there are no keys.")


def _listen(host: str, port: int) -> socket.socket:
    """Binds the port before anything is loaded. Raises PortTaken or CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets whose protocol is IPPROTO_TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Port {port} of {host} is in use.") from error
        raise CannotListen(f"Cannot listen on {host}:{port} ({error.strerror}).") from error
    return listener


def _run(settings: Settings, listener: socket.socket, address: str, bars: ProgressBars) -> None:
    set_up(settings)
    application = create_app(settings, bars=bars, on_ready=lambda: _show_welcome(address, bars))
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        http=Connection,
        ws="none",
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    bars.note(f"Lede listens on http://{address} and is loading its model.")
    uvicorn.Server(config).run(sockets=[listener])


def _show_welcome(address: str, bars: ProgressBars) -> None:
    bars.note(f"Ready. Open http://{address}/ in a browser; the API documentation is at http://{address}/docs. Try:")
    bars.note(f"\n{SAMPLE.format(address=address)}\n")
