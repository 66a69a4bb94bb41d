"""What Lede costs beside its engine, and whether it stays as it is.

    python -m benchmarks.steady own                    # Lede's own time per uncached request, by the fake engine
    python -m benchmarks.steady repeat                 # one request again and again: p99 and requests/s
    python -m benchmarks.steady memory                 # 2,000 requests to the fake engine: is memory flat?
    python -m benchmarks.steady memory --real --requests 200
    python -m benchmarks.steady change                 # a translated article, again with one sentence changed

Each starts a server of its own on loopback, with nothing remembered of earlier runs.
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

from benchmarks.peers.servers import Running, lede, running
from benchmarks.peers.wire import Connection
from benchmarks.peers.work import ROOT
from benchmarks.sound import KNOWN
from summarizer.reading import sentences

ARTICLE = (ROOT / "examples" / "voa-2016-02-02-coalition.txt").read_text("utf-8")

WISHES: dict[str, dict[str, Any]] = {
    "summaries": {"length": "short"},
    "translations": {"target_language": "fr"},
    "blurbs": {"target_languages": ["en", "fr", "es"]},
}

LINES = 12
"""FLORES lines of a text that is translated."""

_STOP = re.compile(r"(?<=\w)\.(?=\s)")

PIECES = 20
"""Parts of a run after which memory is looked at; the first fifth fills caches and pools, and is not compared."""


def main() -> None:
    """Runs one of the measurements and prints what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(MEASUREMENTS))
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--real", action="store_true", help="the bundled model, for `memory` and `repeat`")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        server = lede(Path(scratch))
        if not (given.real or given.what == "change"):
            server = replace(server, environment=server.environment | {"LEDE_ENGINE": "fake"})
        if given.what == "own":
            server = replace(
                server,
                command=(sys.executable, "-m", "benchmarks.sound", "serve", "--port", "{port}"),
                environment=server.environment | {"LEDE_TRANSLATION_MEMORY_BYTES": "0"},
            )
        with running(server, Path(scratch) / "log") as found:
            asyncio.run(MEASUREMENTS[given.what](found, given.requests, given.callers))


async def own(found: Running, requests: int, _callers: int) -> None:
    """Each request is new in all its sentences, and comes alone: its time is Lede's, for the engine takes none."""
    async with Connection(found.address) as connection:
        for endpoint, text, wish in (
            ("summaries", _new_article, {}),
            ("translations", _new_lines, {}),
            ("blurbs", _new_article, {"target_languages": ["en"]}),
        ):
            await _timed(connection, endpoint, "", text=text(requests), **wish)
            before = found.processor()
            times = [
                await _timed(connection, endpoint, "", text=text(number), **wish) for number in range(requests // 10)
            ]
            used = (found.processor() - before) / len(times)
            print(f"{endpoint}: {_milliseconds(times)}, {used * 1000:.1f} ms of a processor")


def _new_article(number: int) -> str:
    """The article with a number in each of its sentences, so that nothing known of another's serves it."""
    return _STOP.sub(f" ({number}).", ARTICLE)


def _new_lines(number: int) -> str:
    """So many of the lines that the engine can translate, drawn by lot: no two requests have the same."""
    return "\n\n".join(random.Random(number).sample([*KNOWN], LINES))


async def repeat(found: Running, requests: int, callers: int) -> None:
    """One request, answered once and then asked for again by several callers."""

    async def caller(times: list[float]) -> None:
        async with Connection(found.address) as connection:
            times += [await _timed(connection, "summaries", "") for _ in range(requests // callers)]

    await caller([])
    times: list[float] = []
    started, before = time.perf_counter(), found.processor()
    await asyncio.gather(*(caller(times) for _ in range(callers)))
    rate = len(times) / (time.perf_counter() - started)
    used = (found.processor() - before) / len(times)
    print(f"{rate:.0f} requests/s by {callers}: {_milliseconds(times)}, {used * 1000:.2f} ms of a processor")


async def memory(found: Running, requests: int, callers: int) -> None:
    """Requests of all kinds, none like another, and the memory that is held after each part of them."""
    held = []

    async def caller(part: int, number: int) -> None:
        async with Connection(found.address) as connection:
            for at in range(requests // PIECES // callers):
                endpoint = list(WISHES)[at % len(WISHES)]
                await _timed(connection, endpoint, f"{part}.{number}.{at}")

    for part in range(PIECES):
        await asyncio.gather(*(caller(part, number) for number in range(callers)))
        held.append(found.memory())
        print(f"{(part + 1) * requests // PIECES} requests: {held[-1] / 1e6:.0f} MB", flush=True)
    begun = held[PIECES // 5]
    print(f"from {begun / 1e6:.0f} MB to {held[-1] / 1e6:.0f} MB: {held[-1] / begun - 1:+.1%}")


async def change(found: Running, _requests: int, _callers: int) -> None:
    """A translation, and that of the same article with one sentence changed."""
    pieces = [sentence.text + sentence.trailing_space for sentence in sentences(ARTICLE, "en")]
    at = len(pieces) // 2
    changed = "".join([*pieces[:at], "Two more countries joined on Friday, the ministry said. ", *pieces[at + 1 :]])
    async with Connection(found.address) as connection:
        await _timed(connection, "translations", "", text="Good morning to all of you.")
        first, second = [await _timed(connection, "translations", "", text=text) for text in (ARTICLE, changed)]
    print(
        f"{len(pieces)} sentences: {first:.2f} s; with one changed: {second:.2f} s, {first / second:.1f} times faster"
    )


async def _timed(connection: Connection, endpoint: str, mark: str, text: str = ARTICLE, **wish: Any) -> float:
    marked = f"{text}\n\nN° {mark}." if mark else text
    body = {**WISHES[endpoint], "text": marked, **wish}
    started = time.perf_counter()
    await connection.post(f"/v1/{endpoint}", body)
    return time.perf_counter() - started


def _milliseconds(times: list[float]) -> str:
    parts = statistics.quantiles(times, n=100)
    return f"median {parts[49] * 1000:.1f} ms, p95 {parts[94] * 1000:.1f} ms, p99 {parts[98] * 1000:.1f} ms"


Measurement = Callable[[Running, int, int], Coroutine[Any, Any, None]]
MEASUREMENTS: dict[str, Measurement] = {"own": own, "repeat": repeat, "memory": memory, "change": change}

if __name__ == "__main__":
    main()
