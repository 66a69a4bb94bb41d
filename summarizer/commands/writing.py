"""`lede summarise`, `translate` and `blurb`: write results to stdout or into a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from summarizer.cli import JsonOption, ModelOption, QuietOption, SourceLanguageOption, app, open_desk, report
from summarizer.commands.batch import Batch, CommandResult, OutputOption, ResumeOption
from summarizer.commands.inputs import Inputs, is_file, read_source
from summarizer.desk import Desk
from summarizer.errors import NotText
from summarizer.files import TRANSLATABLE, open_document, translated_name
from summarizer.files.annotate import blurbs, summaries
from summarizer.files.feeds import ARTICLE_FILES, ArticleFile
from summarizer.files.rendering import render
from summarizer.options import BlurbOptions, Length, ProfileName, Style, SummaryOptions

PLAIN_SUFFIXES = {".txt", ".text", ""}
"""Suffixes of plain-text files."""


@app.command()
def summarise(
    articles: Inputs,
    to: Annotated[str | None, typer.Option("--to", "-t", help="The language of the summary.")] = None,
    source_language: SourceLanguageOption = None,
    length: Annotated[Length, typer.Option(help="At most 2, 4 or 7 sentences.")] = "short",
    style: Annotated[Style, typer.Option(help="The layout of the summary.")] = "paragraph",
    max_sentences: Annotated[int | None, typer.Option(min=1, help="Overrides the limit of --length.")] = None,
    max_words: Annotated[int | None, typer.Option(min=5, help="Overrides the limit of --length.")] = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Summarise articles. In an RSS or Atom feed or a JSONL file, every article is summarised."""
    options = SummaryOptions(to, length, max_sentences, max_words, style)
    with open_desk(quiet=quiet) as (desk, bars):

        def process(name: str) -> CommandResult:
            if feed := _feed(name):
                content = summaries(desk, feed, options, bars.watch("Articles"), model)
                return CommandResult(None, {f".summaries{Path(name).suffix}": content})
            summary = desk.summarise(read_source(name, source_language), options, model=model)
            return CommandResult(summary, {".summary.txt": _lines(summary.text)})

        Batch(output, resume, as_json, bars).run(articles, process, _suffixes("summaries", ".summary.txt"))


app.command("summarize", hidden=True)(summarise)


@app.command()
def translate(
    texts: Inputs,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A target language; may be repeated.")],
    source_language: SourceLanguageOption = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Translate texts and files, preserving paragraphs, markup, timings and structure.

    Files may be plain text, HTML, Markdown, Word, PowerPoint, OpenDocument, EPUB, SRT, WebVTT, TMX
    and XLIFF; a PDF becomes a Word document.
    """
    with open_desk(quiet=quiet) as (desk, bars):

        def process(name: str) -> CommandResult:
            if _is_plain_text(name):
                words = read_source(name, source_language).text or ""
                result = desk.translate(words, to, source_language=source_language, model=model)
                return CommandResult(
                    result, {f".{one.target_language}.txt": _lines(one.texts[0]) for one in result.translations}
                )
            return CommandResult(None, _rendered(desk, name, to, source_language))

        def suffixes(name: str) -> list[str]:
            suffix = ".txt" if _is_plain_text(name) else Path(translated_name(name)).suffix
            return [f".{language}{suffix}" for language in to]

        files = [name for name in texts if not _is_plain_text(name)]
        if files and (as_json or (output is None and len(to) > 1)):
            raise NotText(f"{files[0]} is translated as a file.", "Leave out --json; give a folder with --output.")
        Batch(output, resume, as_json, bars).run(texts, process, suffixes)


def _is_plain_text(name: str) -> bool:
    return (
        not is_file(name)
        or Path(name).suffix.lower() in PLAIN_SUFFIXES
        or Path(name).suffix.lower() not in TRANSLATABLE
    )


def _rendered(desk: Desk, name: str, to: list[str], source: str | None) -> dict[str, bytes]:
    document: Callable[[], bytes] = Path(name).read_bytes
    return {
        f".{language}{Path(translated_name(name)).suffix}": render(
            desk, open_document(name, document(), language), language, source=source
        )
        for language in to
    }


@app.command()
def blurb(
    articles: Inputs,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A target language; may be repeated.")],
    source_language: SourceLanguageOption = None,
    profile: Annotated[ProfileName, typer.Option(help="The device whose limits apply.")] = "ios",
    title_max: Annotated[int | None, typer.Option(min=10, help="Maximum characters of the title.")] = None,
    body_max: Annotated[int | None, typer.Option(min=20, help="Maximum characters of the body.")] = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write push notifications about articles. In a feed or a JSONL file, one for every article."""
    options = BlurbOptions(tuple(to), profile, title_max, body_max)
    with open_desk(quiet=quiet) as (desk, bars):

        def process(name: str) -> CommandResult:
            if feed := _feed(name):
                content = blurbs(desk, feed, options, bars.watch("Articles"), model)
                return CommandResult(None, {f".blurbs{Path(name).suffix}": content})
            result = desk.blurb(read_source(name, source_language), options, model=model)
            for failure in result.failures:
                report(failure.error, f"{failure.target_language}: ")
            lines = (f"[{one.target_language}] {one.wording.title}\n{one.wording.body}" for one in result.blurbs)
            return CommandResult(result, {".blurbs.txt": _lines("\n\n".join(lines))})

        Batch(output, resume, as_json, bars).run(articles, process, _suffixes("blurbs", ".blurbs.txt"))


def _feed(name: str) -> ArticleFile | None:
    """The articles of a feed or a JSONL file; None for other files."""
    read = ARTICLE_FILES.get(Path(name).suffix.lower()) if is_file(name) else None
    return read(Path(name).read_bytes()) if read else None


def _suffixes(what: str, otherwise: str) -> Callable[[str], list[str]]:
    """Returns a function from an input to the suffixes of its output files."""

    def suffixes(name: str) -> list[str]:
        path = Path(name)
        return [f".{what}{path.suffix}" if is_file(name) and path.suffix.lower() in ARTICLE_FILES else otherwise]

    return suffixes


def _lines(text: str) -> bytes:
    return f"{text}\n".encode()
