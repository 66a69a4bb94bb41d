"""Measures Lede's own time per request, and its memory over many requests.

    python -m benchmarks.steady own                    # own time per uncached request, with the fake engine
    python -m benchmarks.steady repeat                 # one cached request repeated: p99 and requests/s
    python -m benchmarks.steady memory                 # memory over 2,000 requests to the fake engine
    python -m benchmarks.steady memory --real --requests 200
    python -m benchmarks.steady change                 # a translated article, then with one sentence changed

Each measurement starts a new server on loopback with empty caches.
"""

import argparse
import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.peers.servers import RunningServer, lede, run_server
from benchmarks.peers.wire import BenchmarkConnection
from benchmarks.peers.work import ROOT
from benchmarks.sound import KNOWN
from summarizer.reading import sentences

ARTICLE = (ROOT / "examples" / "voa-2016-02-02-coalition.txt").read_text("utf-8")

PARAMETERS: dict[str, dict[str, Any]] = {
    "summaries": {"length": "short"},
    "translations": {"target_language": "fr"},
    "blurbs": {"target_languages": ["en", "fr", "es"]},
}

LINES = 12
"""The number of FLORES lines in a text to translate."""

_STOP = re.compile(r"(?<=\w)\.(?=\s)")

PARTS = 20
"""The number of memory measurements in a run; the first fifth fills caches and pools and is not compared."""


def main() -> None:
    """Runs one of the measurements and prints its result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(MEASUREMENTS))
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--real", action="store_true", help="the bundled model, for `memory` and `repeat`")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        server = lede(Path(scratch))
        if not (arguments.real or arguments.what == "change"):
            server = replace(server, environment=server.environment | {"LEDE_ENGINE": "fake"})
        if arguments.what == "own":
            server = replace(
                server,
                command=(sys.executable, "-m", "benchmarks.sound", "serve", "--port", "{port}"),
                environment=server.environment | {"LEDE_TRANSLATION_MEMORY_BYTES": "0"},
            )
        with run_server(server, Path(scratch) / "log") as instance:
            asyncio.run(MEASUREMENTS[arguments.what](instance, arguments.requests, arguments.callers))


async def own_time(instance: RunningServer, requests: int, _callers: int) -> None:
    """Sequential requests with new sentences: the time is Lede's own, because the engine takes none."""
    async with BenchmarkConnection(instance.address) as connection:
        for endpoint, text, wish in (
            ("summaries", _new_article, {}),
            ("translations", _new_lines, {}),
            ("blurbs", _new_article, {"target_languages": ["en"]}),
        ):
            await _timed(connection, endpoint, "", text=text(requests), **wish)
            before = instance.processor()
            times = [
                await _timed(connection, endpoint, "", text=text(number), **wish) for number in range(requests // 10)
            ]
            used = (instance.processor() - before) / len(times)
            print(f"{endpoint}: {_milliseconds(times)}, {used * 1000:.1f} ms of a processor")


def _new_article(number: int) -> str:
    """The article with a number in each sentence, so that no cache contains it."""
    return _STOP.sub(f" ({number}).", ARTICLE)


def _new_lines(number: int) -> str:
    """Randomly sampled lines that the engine can translate, different for each request."""
    return "\n\n".join(random.Random(number).sample([*KNOWN], LINES))


async def repeat(instance: RunningServer, requests: int, callers: int) -> None:
    """One request, repeated by several concurrent callers after its result is cached."""

    async def caller(times: list[float]) -> None:
        async with BenchmarkConnection(instance.address) as connection:
            times += [await _timed(connection, "summaries", "") for _ in range(requests // callers)]

    await caller([])
    times: list[float] = []
    started, before = time.perf_counter(), instance.processor()
    await asyncio.gather(*(caller(times) for _ in range(callers)))
    rate = len(times) / (time.perf_counter() - started)
    used = (instance.processor() - before) / len(times)
    print(f"{rate:.0f} requests/s by {callers}: {_milliseconds(times)}, {used * 1000:.2f} ms of a processor")


async def memory(instance: RunningServer, requests: int, callers: int) -> None:
    """Distinct requests of all kinds, and the memory of the server after each part of the run."""
    resident = []

    async def caller(part: int, number: int) -> None:
        async with BenchmarkConnection(instance.address) as connection:
            for at in range(requests // PARTS // callers):
                endpoint = list(PARAMETERS)[at % len(PARAMETERS)]
                await _timed(connection, endpoint, f"{part}.{number}.{at}")

    for part in range(PARTS):
        await asyncio.gather(*(caller(part, number) for number in range(callers)))
        resident.append(instance.memory())
        print(f"{(part + 1) * requests // PARTS} requests: {resident[-1] / 1e6:.0f} MB", flush=True)
    start = resident[PARTS // 5]
    print(f"from {start / 1e6:.0f} MB to {resident[-1] / 1e6:.0f} MB: {resident[-1] / start - 1:+.1%}")


async def change(instance: RunningServer, _requests: int, _callers: int) -> None:
    """The translation of an article, and of the same article with one sentence changed."""
    pieces = [sentence.text + sentence.trailing_space for sentence in sentences(ARTICLE, "en")]
    at = len(pieces) // 2
    changed = "".join([*pieces[:at], "Two more countries joined on Friday, the ministry said. ", *pieces[at + 1 :]])
    async with BenchmarkConnection(instance.address) as connection:
        await _timed(connection, "translations", "", text="Good morning to all of you.")
        first, second = [await _timed(connection, "translations", "", text=text) for text in (ARTICLE, changed)]
    print(
        f"{len(pieces)} sentences: {first:.2f} s; with one changed: {second:.2f} s, {first / second:.1f} times faster"
    )


async def _timed(connection: BenchmarkConnection, endpoint: str, mark: str, text: str = ARTICLE, **wish: Any) -> float:
    marked = f"{text}\n\nN° {mark}." if mark else text
    body = {**PARAMETERS[endpoint], "text": marked, **wish}
    started = time.perf_counter()
    await connection.post(f"/v1/{endpoint}", body)
    return time.perf_counter() - started


def _milliseconds(times: list[float]) -> str:
    parts = statistics.quantiles(times, n=100)
    return f"median {parts[49] * 1000:.1f} ms, p95 {parts[94] * 1000:.1f} ms, p99 {parts[98] * 1000:.1f} ms"


Measurement = Callable[[RunningServer, int, int], Coroutine[Any, Any, None]]
MEASUREMENTS: dict[str, Measurement] = {"own": own_time, "repeat": repeat, "memory": memory, "change": change}

if __name__ == "__main__":
    main()
