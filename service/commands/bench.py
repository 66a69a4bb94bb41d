"""`lede bench`: how fast this machine writes."""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from service.commands.checkup import SAMPLE
from summarizer.cli import JsonOption, ModelOption, QuietOption, app, open_desk
from summarizer.desk import Desk

RUNS = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """A piece of work, and the seconds that its runs took; the first may have loaded something."""

    work: str
    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """Seconds of the fastest run: what the machine can do when it does nothing else."""
        return min(self.seconds)


@app.command()
def bench(
    runs: Annotated[int, typer.Option(min=1, help="How often each piece of work is done.")] = RUNS,
    model: ModelOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Time a summary, a translation and a notification of a short article on this machine."""
    with open_desk(quiet=quiet) as (newsroom, _bars):
        found = list(_timings(newsroom, runs, model))
    if as_json:
        rows = [dataclasses.asdict(timing) | {"best": timing.best} for timing in found]
        typer.echo(json.dumps({"words": len(SAMPLE.split()), "timings": rows}, indent=2))
        return
    typer.echo(f"An article of {len(SAMPLE.split())} words, best of {runs}:")
    for timing in found:
        typer.echo(f"  {timing.work:<12} {timing.best:6.2f} s")


def _timings(newsroom: Desk, runs: int, model: str | None) -> Iterator[Timing]:
    card = newsroom.model_for("translate", model)
    target = next((tag for tag in card.languages if card.serves("en", tag)), None)
    works: dict[str, Callable[[], object]] = {
        "loading": lambda: newsroom.warm(newsroom.model_for("summarise", model)),
        "summary": lambda: newsroom.summarise(SAMPLE, language="en", model=model),
        "notification": lambda: newsroom.blurb(SAMPLE, language="en", model=model),
    }
    if target:
        works["translation"] = lambda: newsroom.translate(SAMPLE, target, source_language="en", model=model)
    for name, work in works.items():
        yield Timing(name, tuple(_timed(work) for _ in range(1 if name == "loading" else runs)))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
