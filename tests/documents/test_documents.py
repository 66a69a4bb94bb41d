"""Every command and snippet in the documents runs, with a fake model."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import service.cli
from service.app import create_app
from service.settings import Settings
from tests.conftest import MODEL
from tests.desk import pool
from tests.documents.document import PATHS, ROOT, Document
from tests.documents.external_services import ADDRESSES, external_services
from tests.documents.runner import BlockRunner
from tests.documents.shell import Shell
from tests.service.serving import serving

ADDRESS = "http://127.0.0.1:8000"
"""The service's address in the documents."""

DOCTESTS = "docs/python.md"
"""Its examples are doctests, which tests/summarizer/test_python.py runs."""

NOT_RUN = 23
"""The number of blocks that cannot run here. Each gives its reason."""

LANGUAGES = {"sh", "python", "js", "json", "toml", "yaml", "ini", "text"}

WITH_BLOCKS = [document for document in map(Document, PATHS) if document.name != DOCTESTS and document.blocks]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BlockRunner]:
    """Runs blocks in a folder with the examples. The service and the commands use a fake model."""
    folder = tmp_path / "work"
    shutil.copytree(ROOT / "examples", folder / "examples")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("summarizer.desk.open_pool", lambda *_: pool())
    monkeypatch.setenv("LEDE_MODEL", MODEL)
    monkeypatch.setattr(service.cli, "_listen", lambda *_: socket.create_server(("127.0.0.1", 0)))
    monkeypatch.setattr(service.cli, "_run", lambda *_: None)  # a service is running already
    data = tmp_path / "data"
    app = create_app(Settings(model=MODEL, preload=False, data=data, fetch_hosts=("news.example",)), pool=pool())
    shell = Shell(folder, {"LEDE_DATA": str(data)})
    with serving(app) as address, external_services() as external, shell.opened():
        yield BlockRunner(shell, {ADDRESS: address, ".venv/bin/": "", **dict.fromkeys(ADDRESSES, external)})


@pytest.mark.skipif(not shutil.which("curl"), reason="the commands need curl")
@pytest.mark.parametrize("document", WITH_BLOCKS, ids=lambda document: document.name)
def test_every_block_runs(document: Document, runner: BlockRunner):
    for block in document.blocks:
        if not block.reason:
            try:
                runner.run(block)
            except Exception as error:
                error.add_note(f"{document.name}:{block.line}")
                raise


def test_every_block_has_a_known_language_and_info():
    unknown = [
        f"{document.name}:{block.line} {block.language} {block.info}"
        for document in map(Document, PATHS)
        for block in document.blocks
        if block.language not in LANGUAGES or not (block.reason or block.info in {"", "answer", "output", "events"})
    ]
    assert unknown == []


def test_no_further_blocks_are_skipped():
    reasons = [f"{d.name}:{b.line}: {b.reason}" for d in map(Document, PATHS) for b in d.blocks if b.reason]
    assert len(reasons) == NOT_RUN, "\n".join(reasons)
