"""`lede check`: a text against an article."""

from collections.abc import Iterator
from typing import Annotated

import typer

from summarizer.cli import As, From, app, desk
from summarizer.commands.batch import as_json_text
from summarizer.commands.inputs import Input, given
from summarizer.editions import Checks


@app.command()
def check(
    article: Input,
    claims: Annotated[str, typer.Argument(help="The text about it, as ARTICLE is given.", show_default=False)],
    source_language: From = None,
    as_json: As = False,
) -> None:
    """Check a text against an article, sentence by sentence. Needs no model."""
    with desk() as (opened, _bars):
        checks = opened.check(given(article, source_language), given(claims, None).text or "")
        typer.echo(as_json_text(checks) if as_json else "\n".join(_findings(checks)))


def _findings(checks: Checks) -> Iterator[str]:
    for sentence in checks.sentences:
        yield f"{sentence.support:4.0%}  {sentence.text}"
        yield from (f"      {finding.kind}: {finding.claim} - {finding.message}" for finding in sentence.findings)
