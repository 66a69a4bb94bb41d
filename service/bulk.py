"""Millions of articles: a Ray Data pipeline over JSONL or Parquet through the same app.

    python -m service.bulk summaries articles.jsonl results/ --workers 4

Each row is the body of a request to the endpoint, as `POST /v1/summaries` takes it; columns that begin with `_` (an id
of your own) are not sent. Each result is the row with `status` and `answer`: what the endpoint answers, or the problem
that it tells. A row that fails costs no other its result.
"""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import ray.data
import typer

from service.bulk_worker import BATCH, BulkWorker

LINES = {".jsonl", ".json"}


def run(
    endpoint: Annotated[str, typer.Argument(help="`summaries`, `translations`, `blurbs` or `editions`.")],
    source: Annotated[
        str,
        typer.Argument(
            help="JSONL or Parquet: a file, a folder, or an address that Ray reads (JSONL where it ends in .jsonl)."
        ),
    ],
    target: Annotated[str, typer.Argument(help="The folder for the results, of the source's kind.")],
    *,
    workers: Annotated[int, typer.Option(min=1, help="Processes with a model each.")] = 1,
    cpus: Annotated[float, typer.Option(help="CPUs of a worker.")] = 1,
    gpus: Annotated[float, typer.Option(help="GPUs of a worker.")] = 0,
    settings: Annotated[str, typer.Option(help="Settings of Lede that differ, as a JSON object.")] = "{}",
) -> None:
    """Send each row of a file to an endpoint of Lede, on all machines of a Ray cluster."""
    lines = _has_lines(source)
    rows = ray.data.read_json(source, lines=True) if lines else ray.data.read_parquet(source)
    done = rows.map_batches(
        BulkWorker,
        fn_constructor_args=(endpoint, json.loads(settings)),
        batch_size=BATCH,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=cpus,
        num_gpus=gpus,
    )
    (partial(done.write_json, force_ascii=False) if lines else done.write_parquet)(target)


def _has_lines(source: str) -> bool:
    """Whether it is JSONL by its name, or as a folder of this machine by the names in it."""
    path = Path(source)
    names = path.rglob("*") if path.is_dir() else (path,)
    return any(LINES & set(name.suffixes) for name in names)


if __name__ == "__main__":
    typer.run(run)
