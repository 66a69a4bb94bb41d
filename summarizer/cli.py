"""`lede summarise`, `translate`, `blurb` and `models`: arguments to the desk, and its answers to stdout.

Exit codes: 0 done, 1 the service or a model failed, 2 the arguments or the text were wrong, 130 stopped by Ctrl-C.
"""

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from models.errors import BadCard, BadSetting, ModelError, UnknownModel, UnsupportedDirection
from models.loading import Loader, open_catalogue
from models.settings import ModelSettings
from models.store import Store
from summarizer.console import Bars
from summarizer.desk import Desk, Source
from summarizer.editions import Checks
from summarizer.errors import BadInput, CannotFit, LedeError, NotText
from summarizer.options import BlurbOptions, Length, ProfileName, Style, SummaryOptions

app = typer.Typer(
    name="lede",
    help="A multilingual news desk: summaries, translations and push blurbs of articles, on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
models = typer.Typer(help="The models on this machine.", no_args_is_help=True)
app.add_typer(models, name="models")

FAILURE, USAGE, STOPPED = 1, 2, 130
_OURS = (BadInput, CannotFit, UnknownModel, UnsupportedDirection, BadCard, BadSetting)

Input = Annotated[str, typer.Argument(help="A file, `-` for standard input, or the text itself.", show_default=False)]
As = Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")]
Named = Annotated[str | None, typer.Option("--model", "-m", help="A model's id from `lede models list`.")]
From = Annotated[str | None, typer.Option("--from", "-f", help="The text's language; detected by default.")]


@contextmanager
def told() -> Iterator[None]:
    """Tells known errors of the block as one line on stderr, and leaves with their exit code."""
    try:
        yield
    except (LedeError, ModelError) as error:
        _leave(f"{error} {error.hint}", USAGE if isinstance(error, _OURS) else FAILURE)
    except KeyboardInterrupt:
        _leave("Stopped.", STOPPED)
    except BrokenPipeError:  # whoever read the results has enough
        sys.stdout = None  # nothing is left to flush into the closed pipe
        raise typer.Exit from None


@contextmanager
def desk() -> Iterator[Desk]:
    """The desk of the user's settings, with progress on the terminal."""
    with told(), Bars() as bars:
        opened = Desk(settings=ModelSettings(), progress=bars)
        try:
            yield opened
        finally:
            opened.close()


@app.command()
def summarise(
    article: Input,
    to: Annotated[str | None, typer.Option("--to", "-t", help="The summary's language.")] = None,
    source_language: From = None,
    length: Annotated[Length, typer.Option(help="2, 4 or 7 sentences at most.")] = "short",
    style: Annotated[Style, typer.Option(help="How it looks.")] = "paragraph",
    max_sentences: Annotated[int | None, typer.Option(min=1, help="Instead of the length's.")] = None,
    max_words: Annotated[int | None, typer.Option(min=5, help="Instead of the length's.")] = None,
    model: Named = None,
    as_json: As = False,
) -> None:
    """Summarise an article."""
    options = SummaryOptions(to, length, max_sentences, max_words, style)
    with desk() as opened:
        summary = opened.summarise(given(article, source_language), options, model=model)
        _print(summary, summary.text, as_json=as_json)


app.command("summarize", hidden=True)(summarise)


@app.command()
def translate(
    text: Input,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A language to translate to; may be given again.")],
    source_language: From = None,
    model: Named = None,
    as_json: As = False,
) -> None:
    """Translate a text, paragraphs kept."""
    with desk() as opened:
        source = given(text, source_language)
        words = source.text if source.text is not None else opened.read(source).text
        made = opened.translate([words], to, source_language=source_language, model=model)
        _print(made, "\n\n".join(translation.texts[0] for translation in made.translations), as_json=as_json)


@app.command()
def blurb(
    article: Input,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A language to write in; may be given again.")],
    source_language: From = None,
    profile: Annotated[ProfileName, typer.Option(help="Whose limits apply.")] = "ios",
    title_max: Annotated[int | None, typer.Option(min=10, help="Characters of the title.")] = None,
    body_max: Annotated[int | None, typer.Option(min=20, help="Characters of the body.")] = None,
    model: Named = None,
    as_json: As = False,
) -> None:
    """Write push notifications about an article."""
    options = BlurbOptions(tuple(to), profile, title_max, body_max)
    with desk() as opened:
        made = opened.blurb(given(article, source_language), options, model=model)
        lines = (f"[{b.target_language}] {b.wording.title}\n{b.wording.body}" for b in made.blurbs)
        _print(made, "\n\n".join(lines), as_json=as_json)


@app.command()
def check(
    article: Input,
    claims: Annotated[str, typer.Argument(help="The text about it, as ARTICLE is given.", show_default=False)],
    source_language: From = None,
    as_json: As = False,
) -> None:
    """Check a text against an article, sentence by sentence. Needs no model."""
    with desk() as opened:
        checks = opened.check(given(article, source_language), given(claims, None).text or "")
        _print(checks, "\n".join(_findings(checks)), as_json=as_json)


def _findings(checks: Checks) -> Iterator[str]:
    for sentence in checks.sentences:
        yield f"{sentence.support:4.0%}  {sentence.text}"
        yield from (f"      {finding.kind}: {finding.claim} - {finding.message}" for finding in sentence.findings)


@models.command("list")
def list_models(as_json: As = False) -> None:
    """The models there are cards for, and which are on this machine."""
    with told():
        settings = ModelSettings()
        store, cards = Store(settings.home), open_catalogue(settings).values()
        if as_json:
            fields = {"id", "title", "licence", "commercial_use", "notice", "download"}
            rows = [{**card.model_dump(include=fields), "bytes_here": store.size(card)} for card in cards]
            typer.echo(json.dumps(rows, indent=2))
            return
        for card in cards:
            mark = "●" if store.fetched(card) else "○"
            terms = "" if card.commercial_use else "  NON-COMMERCIAL"
            typer.echo(f"{mark} {card.id}  {card.download / 1e9:.1f} GB  {card.licence}{terms}\n  {card.title}")


@models.command()
def pull(model: Annotated[str | None, typer.Argument(help="By default, the settings' models.")] = None) -> None:
    """Fetch, verify and convert a model."""
    with told(), Bars() as bars:
        settings = ModelSettings()
        prepare(settings, bars, model)


def prepare(settings: ModelSettings, bars: Bars, model: str | None = None) -> None:
    """Has a model, or those that the settings choose, on this machine and converted. Raises ModelError."""
    opened = Desk(settings=settings)
    loader = Loader(settings, bars)
    for card in [opened.pool.catalogue[model]] if model else opened.defaults():
        loader.prepare(card)
        bars.note(f"{card.id} is ready ({card.licence}).")


@models.command()
def remove(model: str) -> None:
    """Delete a model's files."""
    with told():
        settings = ModelSettings()
        freed = Store(settings.home).remove(open_catalogue(settings)[model])
        typer.echo(f"{freed / 1e6:,.0f} MB freed.")


@models.command()
def verify(model: Annotated[str | None, typer.Argument(help="By default, the settings' model.")] = None) -> None:
    """Read a model's files again and compare them with its card."""
    with told(), Bars() as bars:
        settings = ModelSettings()
        card = open_catalogue(settings)[model or settings.model]
        Store(settings.home, bars).verify(card)
        typer.echo(f"{card.id}: every file is what its card names.")


def given(name: str, language: str | None) -> Source:
    """A file's content, standard input, or the text itself. Raises NotText for what is not UTF-8."""
    if name == "-":
        return Source(text=_decoded(sys.stdin.buffer.read(), "standard input"), source_language=language)
    path = Path(name)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # too long for a path, so it is a text
        is_file = False
    if is_file and path.suffix.lower() in {".html", ".htm"}:
        return Source(html=path.read_bytes(), source_language=language)
    if is_file:
        return Source(text=_decoded(path.read_bytes(), name), source_language=language)
    if " " not in name and (path.suffix or "/" in name):
        raise NotText(f"There is no file {name}.", "Give a file, `-` for standard input, or the text in quotes.")
    return Source(text=name, source_language=language)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText(f"{name} is not text in UTF-8.") from None


def _print(answer: Any, text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(dataclasses.asdict(answer), ensure_ascii=False, indent=2) if as_json else text)


def _leave(message: str, code: int) -> None:
    typer.echo(f"lede: {message.strip()}", err=True)
    raise typer.Exit(code)
