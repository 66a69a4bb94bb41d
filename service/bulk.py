"""Bulk processing of millions of articles: a Ray Data pipeline over JSONL or Parquet that runs the same app.

    python -m service.bulk summaries articles.jsonl results/ --workers 4

Each row is a request body for the endpoint, such as `POST /v1/summaries`; columns whose names start with `_`, such as
an id, are not sent. Each result is the row with `status` and `answer`, the endpoint's response or problem. A failed row
does not affect others.
"""

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import ray.data
import typer

from service.bulk_worker import BATCH, BulkWorker

JSONL_SUFFIXES = {".jsonl", ".json"}


def run(
    endpoint: Annotated[str, typer.Argument(help="`summaries`, `translations`, `blurbs` or `editions`.")],
    source: Annotated[
        str,
        typer.Argument(
            help="JSONL or Parquet: a file, a folder, or a URL that Ray can read (JSONL if it ends in .jsonl)."
        ),
    ],
    target: Annotated[str, typer.Argument(help="The folder for the results, in the format of the source.")],
    *,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes, each with its own model.")] = 1,
    cpus: Annotated[float, typer.Option(help="CPUs per worker.")] = 1,
    gpus: Annotated[float, typer.Option(help="GPUs per worker.")] = 0,
    settings: Annotated[str, typer.Option(help="Settings of Lede that differ, as a JSON object.")] = "{}",
) -> None:
    """Send each row of a file to an endpoint of Lede, on all machines of a Ray cluster."""
    is_jsonl = _is_jsonl(source)
    rows = ray.data.read_json(source, lines=True) if is_jsonl else ray.data.read_parquet(source)
    results = rows.map_batches(
        BulkWorker,
        fn_constructor_args=(endpoint, json.loads(settings)),
        batch_size=BATCH,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=cpus,
        num_gpus=gpus,
    )
    (partial(results.write_json, force_ascii=False) if is_jsonl else results.write_parquet)(target)


def _is_jsonl(source: str) -> bool:
    """Whether the source is JSONL, judged by its name, or for a local folder by the names of its files."""
    path = Path(source)
    paths = path.rglob("*") if path.is_dir() else (path,)
    return any(JSONL_SUFFIXES & set(one.suffixes) for one in paths)


if __name__ == "__main__":
    typer.run(run)
