"""`lede summarise`, `translate` and `blurb`: arguments to the desk, and its answers to stdout or into a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from summarizer.cli import JsonOption, ModelOption, QuietOption, SourceLanguageOption, app, open_desk, report
from summarizer.commands.batch import Batch, CommandResult, OutputOption, ResumeOption
from summarizer.commands.inputs import Inputs, is_file, read_source
from summarizer.desk import Desk
from summarizer.errors import NotText
from summarizer.files import TRANSLATABLE, open_document
from summarizer.files.annotate import blurbs, summaries
from summarizer.files.feeds import ARTICLE_FILES, ArticleFile
from summarizer.files.rendering import render
from summarizer.options import BlurbOptions, Length, ProfileName, Style, SummaryOptions

PLAIN_SUFFIXES = {".txt", ".text", ""}
"""Ends of names of files that are words alone."""


@app.command()
def summarise(
    articles: Inputs,
    to: Annotated[str | None, typer.Option("--to", "-t", help="The summary's language.")] = None,
    source_language: SourceLanguageOption = None,
    length: Annotated[Length, typer.Option(help="2, 4 or 7 sentences at most.")] = "short",
    style: Annotated[Style, typer.Option(help="How it looks.")] = "paragraph",
    max_sentences: Annotated[int | None, typer.Option(min=1, help="Instead of the length's.")] = None,
    max_words: Annotated[int | None, typer.Option(min=5, help="Instead of the length's.")] = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Summarise articles; of an RSS or Atom feed or a JSONL dump, each, in the same file."""
    options = SummaryOptions(to, length, max_sentences, max_words, style)
    with open_desk(quiet=quiet) as (newsroom, bars):

        def work(name: str) -> CommandResult:
            if articles_of := _feed(name):
                content = summaries(newsroom, articles_of, options, bars.watch("Articles"), model)
                return CommandResult(None, {f".summaries{Path(name).suffix}": content})
            summary = newsroom.summarise(read_source(name, source_language), options, model=model)
            return CommandResult(summary, {".summary.txt": _lines(summary.text)})

        Batch(output, resume, as_json, bars).run(articles, work, _endings("summaries", ".summary.txt"))


app.command("summarize", hidden=True)(summarise)


@app.command()
def translate(
    texts: Inputs,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A language to translate to; may be given again.")],
    source_language: SourceLanguageOption = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Translate texts and files: paragraphs, markup, timings and structure stay.

    Files are plain text, HTML, Markdown, Word, SRT, WebVTT, TMX and XLIFF 2.
    """
    with open_desk(quiet=quiet) as (newsroom, bars):

        def work(name: str) -> CommandResult:
            if _is_plain_text(name):
                words = read_source(name, source_language).text or ""
                made = newsroom.translate(words, to, source_language=source_language, model=model)
                return CommandResult(
                    made, {f".{one.target_language}.txt": _lines(one.texts[0]) for one in made.translations}
                )
            return CommandResult(None, _rendered(newsroom, name, to, source_language))

        def endings(name: str) -> list[str]:
            return [f".{language}{'.txt' if _is_plain_text(name) else Path(name).suffix}" for language in to]

        files = [name for name in texts if not _is_plain_text(name)]
        if files and (as_json or (output is None and len(to) > 1)):
            raise NotText(f"{files[0]} is translated as a file.", "Leave out --json; give a folder with --output.")
        Batch(output, resume, as_json, bars).run(texts, work, endings)


def _is_plain_text(name: str) -> bool:
    return (
        not is_file(name)
        or Path(name).suffix.lower() in PLAIN_SUFFIXES
        or Path(name).suffix.lower() not in TRANSLATABLE
    )


def _rendered(newsroom: Desk, name: str, to: list[str], source: str | None) -> dict[str, bytes]:
    path = Path(name)
    document: Callable[[], bytes] = path.read_bytes
    return {
        f".{language}{path.suffix}": render(newsroom, open_document(name, document()), language, source=source)
        for language in to
    }


@app.command()
def blurb(
    articles: Inputs,
    to: Annotated[list[str], typer.Option("--to", "-t", help="A language to write in; may be given again.")],
    source_language: SourceLanguageOption = None,
    profile: Annotated[ProfileName, typer.Option(help="Whose limits apply.")] = "ios",
    title_max: Annotated[int | None, typer.Option(min=10, help="Characters of the title.")] = None,
    body_max: Annotated[int | None, typer.Option(min=20, help="Characters of the body.")] = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write push notifications about articles; of a feed or a dump, each, in the same file."""
    options = BlurbOptions(tuple(to), profile, title_max, body_max)
    with open_desk(quiet=quiet) as (newsroom, bars):

        def work(name: str) -> CommandResult:
            if articles_of := _feed(name):
                content = blurbs(newsroom, articles_of, options, bars.watch("Articles"), model)
                return CommandResult(None, {f".blurbs{Path(name).suffix}": content})
            made = newsroom.blurb(read_source(name, source_language), options, model=model)
            for failure in made.failures:
                report(failure.error, f"{failure.target_language}: ")
            lines = (f"[{one.target_language}] {one.wording.title}\n{one.wording.body}" for one in made.blurbs)
            return CommandResult(made, {".blurbs.txt": _lines("\n\n".join(lines))})

        Batch(output, resume, as_json, bars).run(articles, work, _endings("blurbs", ".blurbs.txt"))


def _feed(name: str) -> ArticleFile | None:
    """The articles of a feed or a dump, where it is one."""
    read = ARTICLE_FILES.get(Path(name).suffix.lower()) if is_file(name) else None
    return read(Path(name).read_bytes()) if read else None


def _endings(what: str, otherwise: str) -> Callable[[str], list[str]]:
    """The ends of the names of files with answers: a feed's own, or those of articles."""

    def endings(name: str) -> list[str]:
        path = Path(name)
        return [f".{what}{path.suffix}" if is_file(name) and path.suffix.lower() in ARTICLE_FILES else otherwise]

    return endings


def _lines(text: str) -> bytes:
    return f"{text}\n".encode()
