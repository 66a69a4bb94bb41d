"""Millions of articles: a Ray Data pipeline over JSONL or Parquet through the same app.

    python -m service.bulk summaries articles.jsonl results/ --workers 4

Each row is the body of a request to the endpoint, as `POST /v1/summaries` takes it; columns that begin with `_` (an id
of your own) are not sent. Each result is the row with `status` and `answer`: what the endpoint answers, or the problem
that it tells. A row that fails costs no other its result.
"""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import httpx2
import ray.data
import typer

from service.app import create_app
from service.settings import Settings

BATCH = 64
"""Rows that a worker has under way at once: the scheduler makes batches of them."""


class Newsroom:
    """One worker: an app without a server, and its models."""

    def __init__(self, endpoint: str, settings: dict[str, Any] | None = None) -> None:
        self._path = f"/v1/{endpoint}"
        self._app = create_app(Settings(**{**(settings or {}), "preload": False}))

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """A batch of columns with the columns `status` and `answer` (JSON) added."""
        names = list(batch)
        rows = [dict(zip(names, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        answers = asyncio.run(self._answers(rows))
        given = {name: list(batch[name]) for name in names}
        return {**given, "status": [status for status, _ in answers], "answer": [answer for _, answer in answers]}

    async def _answers(self, rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
        transport = httpx2.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://bulk", timeout=None) as client:
            return await asyncio.gather(*(self._answer(client, row) for row in rows))

    async def _answer(self, client: httpx2.AsyncClient, row: dict[str, Any]) -> tuple[int, str]:
        body = {name: _plain(value) for name, value in row.items() if not name.startswith("_") and value is not None}
        answer = await client.post(self._path, json=body)
        return answer.status_code, answer.text


def _plain(value: Any) -> Any:
    """A value as JSON has it: columns come as numpy's."""
    return value.tolist() if hasattr(value, "tolist") else value


def run(
    endpoint: Annotated[str, typer.Argument(help="`summaries`, `translations`, `blurbs` or `editions`.")],
    source: Annotated[str, typer.Argument(help="JSONL or Parquet: a file, a folder, or an address that Ray reads.")],
    target: Annotated[str, typer.Argument(help="The folder for the results, of the source's kind.")],
    *,
    workers: Annotated[int, typer.Option(min=1, help="Processes with a model each.")] = 1,
    cpus: Annotated[float, typer.Option(help="CPUs of a worker.")] = 1,
    gpus: Annotated[float, typer.Option(help="GPUs of a worker.")] = 0,
    settings: Annotated[str, typer.Option(help="Settings of Lede that differ, as a JSON object.")] = "{}",
) -> None:
    """Send each row of a file to an endpoint of Lede, on all machines of a Ray cluster."""
    tables = Path(source.rstrip("/")).suffix != ".jsonl"
    rows = ray.data.read_parquet(source) if tables else ray.data.read_json(source, lines=True)
    done = rows.map_batches(
        Newsroom,
        fn_constructor_args=(endpoint, json.loads(settings)),
        batch_size=BATCH,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=cpus,
        num_gpus=gpus,
    )
    (done.write_parquet if tables else partial(done.write_json, force_ascii=False))(target)


if __name__ == "__main__":
    typer.run(run)
