"""The servers that are compared: how each is started, when it is ready, and what it holds of memory."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

LOADING = 900
"""Seconds that a server may take to load."""

Dialect = str
"""How a server is asked: `lede`, `chat` (OpenAI's completions, streamed) or `plain` (benchmarks.peers.plain)."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server. `command` has `{port}` where its port goes; `ready` is a path that answers 200 once it is loaded."""

    name: str
    dialect: Dialect
    command: tuple[str, ...]
    ready: str
    model: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def lede(data: Path) -> Server:
    """Lede itself, which keeps what it remembers in `data`."""
    return Server(
        "Lede",
        "lede",
        (sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "{port}"),
        "/readyz",
        environment={"LEDE_DATA": str(data)},
    )


def servers(python: str, gguf: Path, converted: Path, checkpoint: Path, data: Path) -> dict[str, Server]:
    """All of them, by the letters of the list that they answer to. `python` is the peers' own interpreter."""
    threads = str(os.cpu_count() or 1)
    plain = ("-m", "benchmarks.peers.plain")
    return {
        "lede": lede(data),
        "a": Server(
            "FastAPI + transformers.pipeline, bfloat16, a lock",
            "plain",
            (sys.executable, *plain, "pipeline", str(checkpoint), "--port", "{port}"),
            "/health",
        ),
        "b": Server(
            "transformers serve",
            "chat",
            (python, "-m", "transformers.cli.transformers", "serve", str(checkpoint), "--device", "cpu",
             "--dtype", "bfloat16", "--continuous-batching", "--port", "{port}"),
            "/health",
            str(checkpoint),
        ),
        "c": Server(
            "llama-cpp-python's server, the GGUF",
            "chat",
            (python, "-m", "llama_cpp.server", "--model", str(gguf), "--n_ctx", "8192", "--n_threads", threads,
             "--interrupt_requests", "false", "--port", "{port}"),
            "/v1/models",
        ),
        "d": Server(
            "CTranslate2 itself, int8, one at a time",
            "plain",
            (sys.executable, *plain, "ctranslate2", str(converted), "--port", "{port}"),
            "/health",
        ),
    }  # fmt: skip


class Running:
    """A server that runs: its address, and the most memory it and its children held, in bytes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.peak = 0
        self.process = psutil.Process(process.pid)
        self._ended = threading.Event()
        threading.Thread(target=self._measure, daemon=True).start()

    def memory(self) -> int:
        """Bytes resident now."""
        found = 0
        for process in (self.process, *self.process.children(recursive=True)):
            try:
                found += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return found

    def processor(self) -> float:
        """Seconds of processors' time used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def end(self) -> None:
        """Measures no more."""
        self._ended.set()

    def _measure(self) -> None:
        while not self._ended.wait(0.2):
            try:
                self.peak = max(self.peak, self.memory())
            except psutil.NoSuchProcess:
                return


@contextmanager
def running(server: Server, log: Path) -> Iterator[Running]:
    """The server in a process of its own on a free port of loopback, once it is loaded; ended behind the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.format(port=port) for part in server.command]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | server.environment)
        found = Running(process, port)
        try:
            _wait(process, f"{found.address}{server.ready}", log)
            yield found
        finally:
            found.end()
            process.terminate()
            process.wait(60)


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + LOADING
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"The server ended with {process.returncode}; its last words:\n{log.read_text()[-2000:]}")
        try:
            if httpx2.get(url, timeout=60).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"The server was not ready in {LOADING} s; see {log}.")
