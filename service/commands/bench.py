"""`lede bench`: measures how fast this machine generates texts."""

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
    """The seconds of each run of a task. The first run may include loading."""

    task: str
    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """Seconds of the fastest run, which is the least disturbed by other processes."""
        return min(self.seconds)


@app.command()
def bench(
    runs: Annotated[int, typer.Option(min=1, help="How often to run each task.")] = RUNS,
    model: ModelOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Measure the time of a summary, a translation and a notification of a short article."""
    with open_desk(quiet=quiet) as (desk, _bars):
        timings = list(_timings(desk, runs, model))
    if as_json:
        rows = [dataclasses.asdict(timing) | {"best": timing.best} for timing in timings]
        typer.echo(json.dumps({"words": len(SAMPLE.split()), "timings": rows}, indent=2))
        return
    typer.echo(f"An article of {len(SAMPLE.split())} words, best of {runs}:")
    for timing in timings:
        typer.echo(f"  {timing.task:<12} {timing.best:6.2f} s")


def _timings(desk: Desk, runs: int, model: str | None) -> Iterator[Timing]:
    card = desk.model_for("translate", model)
    target = next((tag for tag in card.languages if card.serves("en", tag)), None)
    tasks: dict[str, Callable[[], object]] = {
        "loading": lambda: desk.warm(desk.model_for("summarise", model)),
        "summary": lambda: desk.summarise(SAMPLE, language="en", model=model),
        "notification": lambda: desk.blurb(SAMPLE, language="en", model=model),
    }
    if target:
        tasks["translation"] = lambda: desk.translate(SAMPLE, target, source_language="en", model=model)
    for name, task in tasks.items():
        yield Timing(name, tuple(_timed(task) for _ in range(1 if name == "loading" else runs)))


def _timed(task: Callable[[], object]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started
