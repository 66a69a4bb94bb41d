"""A process that runs the jobs of a folder with the deterministic engine, until it is killed."""

import asyncio
from pathlib import Path

from models.engines.fake import FakeEngine
from service.app import create_app
from service.settings import Settings
from summarizer.reading import detect
from tests.desk import FRENCH, answer_prompt, pool

detect("".join(FRENCH))  # loads its model once: the fork server copies this process


def work(folder: Path, delay: float) -> None:
    """Runs until all jobs are done."""
    settings = Settings(model="test/desk", preload=False, data=folder, cache_seconds=0, job_workers=4)
    engine = FakeEngine(answer=answer_prompt, window=2048, delay=delay)
    runner = create_app(settings, pool=pool(engine)).state.runner

    async def until_done() -> None:
        running = asyncio.create_task(runner.run())
        while runner.jobs.running() and not running.done():  # noqa: ASYNC110 - the file has no event
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(until_done())
