"""A worker of bulk work: rows of a table, each answered as a request to the app is, without a server."""

import asyncio
import json
import math
from typing import Any

import httpx2

from service.app import create_app
from service.logging import set_up
from service.settings import Settings

BATCH = 64
"""Rows that a worker has under way at once: the scheduler makes batches of them."""

BUSY = 429


class BulkWorker:
    """An app and its models. Whoever may read the rows may have them answered: no key is asked for."""

    def __init__(self, endpoint: str, settings: dict[str, Any] | None = None) -> None:
        chosen = Settings(**{**(settings or {}), "preload": False, "auth": "open"})
        set_up(chosen)
        self._path = f"/v1/{endpoint}"
        self._app = create_app(chosen)
        self._loop = asyncio.Runner()  # one for all batches: connections to Redis belong to theirs

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """A batch of columns with the columns `status` and `answer` (JSON) added."""
        names = list(batch)
        rows = [dict(zip(names, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        answers = self._loop.run(self._answers(rows))
        given = {name: list(batch[name]) for name in names}
        return {**given, "status": [status for status, _ in answers], "answer": [answer for _, answer in answers]}

    def close(self) -> None:
        """Closes the connections; a worker of Ray's ends with its process."""
        self._loop.run(self._app.state.answers.cache.close())
        self._loop.close()

    async def _answers(self, rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
        transport = httpx2.ASGITransport(self._app, raise_app_exceptions=False)
        headers = {"Content-Type": "application/json"}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://bulk", headers=headers, timeout=None
        ) as client:
            return await asyncio.gather(*(self._answer(client, row) for row in rows))

    async def _answer(self, client: httpx2.AsyncClient, row: dict[str, Any]) -> tuple[int, str]:
        wanted = {name: value for name, value in row.items() if not name.startswith("_")}
        body = json.dumps(_plain(wanted), default=str)
        while True:
            answer = await client.post(self._path, content=body)
            if answer.status_code != BUSY:
                return answer.status_code, answer.text
            await asyncio.sleep(float(answer.headers["Retry-After"]))


def _plain(value: Any) -> Any:
    """A value as JSON has it. Columns come as numpy's; what a row does not have is NaN or None there, and left out."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dict):
        return {name: plain for name, one in value.items() if (plain := _plain(one)) is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
