"""Compares Lede under load with other servers: the same weights, the same machine, one server at a time.

    python -m benchmarks.load --peers-python PEERS/bin/python            # 24 articles, 8 callers, all servers: hours
    python -m benchmarks.load --articles 3 --servers lede d              # a quick run

Each article is sent for a summary, for blurbs in three languages, and its first three paragraphs for a translation.
Each server runs in a separate process on loopback and is warmed up. The other servers get the prompts of Lede's model
card, one call after the other; they generate one candidate and check nothing. Install benchmarks/peers/requirements.txt
in the interpreter of `--peers-python`.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2
from platformdirs import user_cache_path

from benchmarks.peers.asking import RequestFailed, run_job
from benchmarks.peers.servers import Server, run_server, servers
from benchmarks.peers.work import Task, bundled, tasks
from models.loading import Loader
from models.settings import ModelSettings
from models.store import Store

WARM = Task("summary", "en", "The city opened its new tram line on Monday. The mayor said that it had cost a lot.")


@dataclass(frozen=True, slots=True)
class ServerResult:
    """The result of one server. Times are in seconds; memory is in bytes, child processes included."""

    name: str
    jobs: int
    failed: int
    seconds: float
    latencies: list[float]
    firsts: list[float]
    peak: int

    @property
    def rate(self) -> float:
        """Successful requests per second."""
        return (self.jobs - self.failed) / self.seconds

    def row(self) -> str:
        """Returns the result as a row of the table."""
        latency, first = (statistics.quantiles(values, n=20) for values in (self.latencies, self.firsts))
        columns = (
            self.name,
            f"{self.rate:.3f}",
            f"{latency[9]:.1f}",
            f"{latency[18]:.1f}",
            f"{first[9]:.1f}",
            f"{first[18]:.1f}",
            f"{self.peak / 1e9:.1f}",
            str(self.failed),
        )
        return f"| {' | '.join(columns)} |"


HEADER = """| server | requests/s | p50 s | p95 s | first text p50 s | p95 s | peak GB | failed |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def main() -> None:
    """Runs the servers one after the other and prints a table."""
    options = arguments()
    options.scratch.mkdir(parents=True, exist_ok=True)
    chosen = prepare(options.scratch, options.peers_python, options.servers)
    work = tasks(options.articles)
    results = []
    for server in chosen:
        print(f"{server.name}: {len(work)} requests by {options.callers} callers ...", flush=True)
        results.append(measure(server, work, options.callers, options.scratch / "server.log"))
        print(f"{results[-1].row()}\n", flush=True)
        (options.scratch / "load.json").write_text(json.dumps([asdict(result) for result in results]))
    print(HEADER, *(result.row() for result in results), sep="\n")
    for line in comparisons(results):
        print(line)


def arguments() -> argparse.Namespace:
    """Returns the command line arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=24)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--servers", nargs="+", default=["lede", "d", "c", "b", "a"], metavar="lede|a|b|c|d")
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--scratch", type=Path, default=user_cache_path("lede-benchmarks"))
    return parser.parse_args()


def prepare(scratch: Path, python: str, names: Sequence[str]) -> list[Server]:
    """Returns the requested servers after preparing their files."""
    settings = ModelSettings()
    card = bundled()
    Loader(settings).prepare(card)
    store = Store(settings.home)
    checkpoint = scratch / "checkpoint"
    gguf = (store.source_folder(card) if {"a", "b", "c"} & set(names) else scratch) / card.files[0].name
    if not (checkpoint / "tokenizer_config.json").exists() and {"a", "b"} & set(names):
        subprocess.run([sys.executable, "-m", "benchmarks.peers.checkpoint", gguf, checkpoint], check=True)
    converted = store.converted_folder(card, "int8", fetch=False)
    data = Path(tempfile.mkdtemp(dir=scratch))  # no caches of earlier runs
    known = servers(python, gguf, converted, checkpoint, data)
    return [known[name] for name in names]


def measure(server: Server, work: Sequence[Task], callers: int, log: Path) -> ServerResult:
    """Measures a server under load from several concurrent callers."""
    with run_server(server, log) as instance:
        asyncio.run(_under(server, instance.address, [WARM], 1))
        started = time.perf_counter()
        latencies, firsts, failed = asyncio.run(_under(server, instance.address, work, callers))
        return ServerResult(
            server.name, len(work), failed, time.perf_counter() - started, latencies, firsts, instance.peak
        )


async def _under(
    server: Server, address: str, work: Sequence[Task], callers: int
) -> tuple[list[float], list[float], int]:
    waiting = iter(work)
    latencies: list[float] = []
    firsts: list[float] = []
    failed = 0

    async def caller(client: httpx2.AsyncClient) -> None:
        nonlocal failed
        for job in waiting:
            started = time.perf_counter()
            try:
                first = await run_job(client, address, server, job)
            except (RequestFailed, httpx2.TransportError) as error:
                failed += 1
                print(f"failed: {job.kind} in {job.language}: {error!r:.300}", file=sys.stderr)
                continue
            latencies.append(time.perf_counter() - started)
            firsts.append(first)

    async with httpx2.AsyncClient(timeout=None) as client:
        await asyncio.gather(*(caller(client) for _ in range(callers)))
    return latencies, firsts, failed


def comparisons(results: Sequence[ServerResult]) -> Iterator[str]:
    """Yields the ratio of Lede's rate to that of each other server."""
    (lede,) = [result for result in results if result.name == "Lede"] or results[:1]
    for other in results:
        if other is not lede:
            yield f"{lede.name} completes {lede.rate / other.rate:.1f} times the requests of: {other.name}"


if __name__ == "__main__":
    main()
