"""A worker of bulk processing: sends the rows of a table as requests to the app, without a server."""

import asyncio
import json
import math
from typing import Any

import httpx2

from service.app import create_app
from service.logging import set_up
from service.settings import Settings

BATCH = 64
"""Rows that a worker sends at the same time, so that the scheduler can batch them."""

TOO_MANY_REQUESTS = 429


class BulkWorker:
    """An app with its own models. It needs no key: the user can read the rows anyway."""

    def __init__(self, endpoint: str, settings: dict[str, Any] | None = None) -> None:
        effective = Settings(**{**(settings or {}), "preload": False, "auth": "open"})
        set_up(effective)
        self._path = f"/v1/{endpoint}"
        self._app = create_app(effective)
        self._loop = asyncio.Runner()  # one for all batches: connections to Redis are bound to their event loop

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Returns a batch of columns with the additional columns `status` and `answer` (JSON)."""
        names = list(batch)
        rows = [dict(zip(names, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        answers = self._loop.run(self._answers(rows))
        columns = {name: list(batch[name]) for name in names}
        return {**columns, "status": [status for status, _ in answers], "answer": [answer for _, answer in answers]}

    def close(self) -> None:
        """Closes the connections; Ray ends a worker by ending its process."""
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
        fields = {name: value for name, value in row.items() if not name.startswith("_")}
        body = json.dumps(_to_json(fields), default=str)
        while True:
            response = await client.post(self._path, content=body)
            if response.status_code != TOO_MANY_REQUESTS:
                return response.status_code, response.text
            await asyncio.sleep(float(response.headers["Retry-After"]))


def _to_json(value: Any) -> Any:
    """Converts NumPy values to JSON types, and drops None and NaN, which stand for fields that a row does not have."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dict):
        return {name: converted for name, one in value.items() if (converted := _to_json(one)) is not None}
    if isinstance(value, list):
        return [_to_json(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
