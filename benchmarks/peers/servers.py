"""The compared servers: how each is started, when it is ready, and its memory."""

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
"""The time limit for loading a server in seconds."""

Protocol = str
"""The protocol of a server: `lede`, `chat` (OpenAI chat completions, streamed) or `plain` (benchmarks.peers.plain)."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server. `command` contains `{port}`; `ready` is a path that returns 200 once the server is loaded."""

    name: str
    protocol: Protocol
    command: tuple[str, ...]
    ready: str
    model: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def lede(data: Path) -> Server:
    """Returns Lede with its data folder."""
    return Server(
        "Lede",
        "lede",
        (sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", "{port}"),
        "/readyz",
        environment={"LEDE_DATA": str(data)},
    )


def servers(python: str, gguf: Path, converted: Path, checkpoint: Path, data: Path) -> dict[str, Server]:
    """Returns all servers by their letters. `python` is the interpreter of the other servers."""
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
            "CTranslate2, int8, one at a time",
            "plain",
            (sys.executable, *plain, "ctranslate2", str(converted), "--port", "{port}"),
            "/health",
        ),
    }  # fmt: skip


class RunningServer:
    """A running server: its address, and the peak memory of its processes in bytes."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.peak = 0
        self.process = psutil.Process(process.pid)
        self._ended = threading.Event()
        threading.Thread(target=self._measure, daemon=True).start()

    def memory(self) -> int:
        """Returns the resident memory in bytes."""
        total = 0
        for process in (self.process, *self.process.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total

    def processor(self) -> float:
        """Returns the CPU time used so far in seconds."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def end(self) -> None:
        """Stops measuring."""
        self._ended.set()

    def _measure(self) -> None:
        while not self._ended.wait(0.2):
            try:
                self.peak = max(self.peak, self.memory())
            except psutil.NoSuchProcess:
                return


@contextmanager
def run_server(server: Server, log: Path) -> Iterator[RunningServer]:
    """Runs a server in a separate process on a free loopback port; yields when it is loaded; then stops it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [part.format(port=port) for part in server.command]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=os.environ | server.environment)
        instance = RunningServer(process, port)
        try:
            _wait(process, f"{instance.address}{server.ready}", log)
            yield instance
        finally:
            instance.end()
            process.terminate()
            process.wait(60)


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    end = time.monotonic() + LOADING
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(
                f"The server exited with {process.returncode}; the end of its log:\n{log.read_text()[-2000:]}"
            )
        try:
            if httpx2.get(url, timeout=60).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"The server was not ready in {LOADING} s; see {log}.")
