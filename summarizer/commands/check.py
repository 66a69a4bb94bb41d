"""`lede check`: checks a text against an article."""

from collections.abc import Iterator
from typing import Annotated

import typer

from summarizer.cli import JsonOption, SourceLanguageOption, app, open_desk
from summarizer.commands.batch import as_json_text
from summarizer.commands.inputs import Input, read_source
from summarizer.editions import Checks


@app.command()
def check(
    article: Input,
    claims: Annotated[
        str, typer.Argument(help="The text to check: a file, `-` or the text itself.", show_default=False)
    ],
    source_language: SourceLanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a text against an article, sentence by sentence, without a model."""
    with open_desk() as (opened, _bars):
        checks = opened.check(read_source(article, source_language), read_source(claims, None).text or "")
        typer.echo(as_json_text(checks) if as_json else "\n".join(_findings(checks)))


def _findings(checks: Checks) -> Iterator[str]:
    for sentence in checks.sentences:
        yield f"{sentence.support:4.0%}  {sentence.text}"
        yield from (f"      {finding.kind}: {finding.claim} - {finding.message}" for finding in sentence.findings)
