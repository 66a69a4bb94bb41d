"""The runner of jobs, apart from the service."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from service.jobs import Jobs
from service.runner import Runner


@pytest.mark.parametrize("turns", range(6))
def test_it_stops_though_news_comes_at_the_same_time(turns: int, tmp_path: Path):
    """Told to stop so many turns of the loop after some news: 3.11's `wait_for` went on for ever after none to two."""

    async def stopped() -> bool:
        nothing = cast("Any", None)
        runner = Runner(Jobs(tmp_path), nothing, nothing, nothing, {}, workers=1, age=60)
        running = asyncio.create_task(runner.run())
        await asyncio.sleep(0.1)
        runner.news.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        return bool((await asyncio.wait([running], timeout=3))[0]) and running.cancelled()

    assert asyncio.run(stopped())
