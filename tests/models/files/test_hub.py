"""The hub as a source: the real client against a hub server on loopback."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import huggingface_hub
import pytest

from models.card import ModelCard
from models.errors import TransferFailed
from models.files.progress import Stage
from models.loading import Loader
from models.prompts import render
from models.protocol import Decoding
from models.settings import ModelSettings
from models.store import Store
from tests.models import tiny

PINNED, NEWEST = "1" * 40, "2" * 40
WRITTEN = 10 * 2**20
"""Bytes that the client writes at a time; it resumes from what is written."""
WEIGHTS = bytes(range(256)) * 90_000  # 23 MB


class Hub(ThreadingHTTPServer):
    """Serves the files of each revision, and their bytes from any offset."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.files: dict[tuple[str, str, str], bytes] = {}
        self.requests: list[tuple[str, str, str | None]] = []
        self.cut: tuple[str, int] | None = None  # the next response with this file ends at this offset

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def publish(self, repository: str, revision: str, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            self.files[repository, revision, name] = content

    def starts(self, name: str) -> list[int]:
        """Returns the offsets from which a file was requested."""
        return [_start(span) for method, path, span in self.requests if method == "GET" and path.endswith(f"/{name}")]


class HubHandler(BaseHTTPRequestHandler):
    """One request to the hub."""

    server: Hub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append((self.command, path, self.headers["Range"]))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            asked, revision = parts[4:6] or ("revision", "main")
            self._send_listing("/".join(parts[2:4]), asked, revision)
        elif parts[2:3] == ["resolve"]:
            self._send_file("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self.send_error(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send_listing(self, repository: str, asked: str, revision: str) -> None:
        commit = NEWEST if revision == "main" else revision
        files = {name: c for (repo, at, name), c in self.server.files.items() if (repo, at) == (repository, commit)}
        tree = [{"type": "file", "path": name, "size": len(c), "oid": "0" * 40} for name, c in files.items()]
        siblings = [{"rfilename": name} for name in files]
        model = {"id": repository, "modelId": repository, "sha": commit, "siblings": siblings}
        content = json.dumps(tree if asked == "tree" else model).encode()
        self._head(200, content, {"Content-Type": "application/json"})
        self.wfile.write(content)

    def _send_file(self, repository: str, revision: str, name: str) -> None:
        commit = NEWEST if revision == "main" else revision
        content = self.server.files.get((repository, commit, name))
        if content is None:
            self._head(404, b"", {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
            return
        etag = hashlib.sha256(content).hexdigest()
        headers = {"X-Repo-Commit": commit, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        first = _start(self.headers["Range"])
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self._head(206 if first else 200, content[first:], headers)
        if self.command == "GET":
            last = len(content)
            if self.server.cut and self.server.cut[0] == name:
                last, self.server.cut = self.server.cut[1], None
                self.close_connection = True
            self.wfile.write(content[first:last])

    def _head(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Logs nothing."""


def _start(span: str | None) -> int:
    """Returns the start of a request's range; 0 without one."""
    return int((span or "bytes=0-").removeprefix("bytes=").split("-")[0])


class RecordedProgress:
    """Records the progress that it receives."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.done: dict[Stage, int] = {}

    def advance(self, stage: Stage, done: int, _total: int) -> None:
        self.done[stage] = max(done, self.done.get(stage, 0))

    def note(self, message: str) -> None:
        self.notes.append(message)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", server.url)
        template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield server
        server.shutdown()


def card(**changes: Any) -> ModelCard:
    files = [
        {"name": "config.json"},
        {"name": "model.safetensors", "size": len(WEIGHTS), "sha256": hashlib.sha256(WEIGHTS).hexdigest()},
    ]
    sources = {"hub": "somebody/model", "revision": PINNED}
    return tiny.ALL[0].card(Path("unused"), **{"files": files, "sources": sources} | changes)


def test_the_pinned_revision_is_fetched_and_not_the_latest(hub: Hub, tmp_path: Path) -> None:
    hub.publish("somebody/model", PINNED, {"config.json": b"{}", "model.safetensors": WEIGHTS})
    hub.publish("somebody/model", NEWEST, {"config.json": b"new", "model.safetensors": b"new"})
    progress = RecordedProgress()
    store = Store(tmp_path, progress)
    folder = store.source_folder(card())
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert (folder / "config.json").read_bytes() == b"{}"
    assert all("pinned" not in note for note in progress.notes)
    assert progress.done["fetch"] >= len(WEIGHTS)
    count = len(hub.requests)
    assert store.source_folder(card()) == folder
    assert len(hub.requests) == count


def test_without_a_revision_it_warns_and_fetches_only_the_files_needed(hub: Hub, tmp_path: Path) -> None:
    included = {"config.json": b"{}", "model.safetensors": WEIGHTS, "spiece.model": b"pieces"}
    excluded = {
        "tf_model.h5": b"other",
        "modeling_strange.py": b"import os",
        "pytorch_model.bin": b"old",
        "README.md": b"",
    }
    hub.publish("somebody/model", NEWEST, included | excluded)
    progress = RecordedProgress()
    folder = Store(tmp_path, progress).source_folder(card(files=[], sources={"hub": "somebody/model"}))
    assert any("not pinned" in note for note in progress.notes)
    here = {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert here == set(included)


def test_pytorch_weights_are_fetched_if_there_are_no_safetensors(hub: Hub, tmp_path: Path) -> None:
    hub.publish("somebody/model", NEWEST, {"config.json": b"{}", "pytorch_model.bin": WEIGHTS})
    folder = Store(tmp_path).source_folder(card(files=[], sources={"hub": "somebody/model"}))
    assert (folder / "pytorch_model.bin").read_bytes() == WEIGHTS


def test_an_interrupted_transfer_is_resumed(hub: Hub, tmp_path: Path) -> None:
    hub.publish("somebody/model", PINNED, {"config.json": b"{}", "model.safetensors": WEIGHTS})
    hub.cut = ("model.safetensors", 15_000_000)
    folder = Store(tmp_path).source_folder(card())
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.starts("model.safetensors") == [0, WRITTEN]


def test_an_interrupted_pull_is_resumed(hub: Hub, tmp_path: Path) -> None:
    class Impatient(RecordedProgress):
        def advance(self, stage: Stage, done: int, total: int) -> None:
            super().advance(stage, done, total)
            if done > WRITTEN:
                raise KeyboardInterrupt

    hub.publish("somebody/model", PINNED, {"config.json": b"{}", "model.safetensors": WEIGHTS})
    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path, Impatient()).source_folder(card())
    assert not Store(tmp_path).is_fetched(card())
    folder = Store(tmp_path).source_folder(card())
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.starts("model.safetensors") == [0, WRITTEN]
    assert hub.starts("config.json") == [0]


def test_a_file_with_another_sha256_is_rejected_and_fetched_again(hub: Hub, tmp_path: Path) -> None:
    forged = WEIGHTS[:-1] + b"!"
    hub.publish("somebody/model", PINNED, {"config.json": b"{}", "model.safetensors": forged})
    store = Store(tmp_path)
    with pytest.raises(TransferFailed, match="does not have the SHA-256 that the card states"):
        store.source_folder(card())
    assert not store.is_fetched(card())
    hub.publish("somebody/model", PINNED, {"model.safetensors": WEIGHTS})
    assert (store.source_folder(card()) / "model.safetensors").read_bytes() == WEIGHTS


def test_an_unreachable_hub_is_reported(hub: Hub, tmp_path: Path) -> None:
    hub.shutdown()
    hub.server_close()
    with pytest.raises(TransferFailed, match="cannot be reached") as error:
        Store(tmp_path).source_folder(card())
    assert "network" in error.value.hint


def test_a_model_from_the_hub_generates(hub: Hub, tmp_path: Path) -> None:
    kind = next(kind for kind in tiny.ALL if kind.name == "m2m100")
    source = tmp_path / "source"
    source.mkdir()
    kind.build(source)
    hub.publish("tiny/m2m100", PINNED, {path.name: path.read_bytes() for path in source.iterdir()})
    asked = kind.card(source, sources={"hub": "tiny/m2m100", "revision": PINNED})
    settings = ModelSettings.model_validate({"home": tmp_path / "home", "quantization": "float32", "device": "cpu"})
    Store(tmp_path / "home").converted_folder(asked, "float32")
    loaded = Loader(settings)(asked)
    prompt = render(asked, loaded.chat, "translate", "The coalition met in Rome.", source="en", target="fr")
    assert loaded.engine.generate([prompt], Decoding(max_tokens=4))[0].tokens > 0
