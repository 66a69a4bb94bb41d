"""Every command and snippet of the documents runs, with a newsroom that answers at once for a model."""

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
from tests.documents.elsewhere import PLACES, elsewhere
from tests.documents.page import PAGES, ROOT, Page
from tests.documents.reader import Reader
from tests.documents.shell import Shell
from tests.service.serving import serving

ADDRESS = "http://127.0.0.1:8000"
"""Where the documents say that the service is."""

OWN_TEST = "docs/python.md"
"""Its examples are doctests, which tests/summarizer/test_python.py runs."""

NOT_RUN = 22
"""How many blocks cannot run here. Each says why; a new one is counted here."""

LANGUAGES = {"sh", "python", "js", "json", "toml", "yaml", "ini", "text"}

RUN = [page for page in map(Page, PAGES) if page.name != OWN_TEST and page.blocks]


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader in a folder with the examples, whose service and commands have the newsroom's desk."""
    folder = tmp_path / "here"
    shutil.copytree(ROOT / "examples", folder / "examples")
    monkeypatch.chdir(folder)
    monkeypatch.setattr("summarizer.desk.open_pool", lambda *_: pool())
    monkeypatch.setenv("LEDE_MODEL", MODEL)
    monkeypatch.setattr(service.cli, "_listen", lambda *_: socket.create_server(("127.0.0.1", 0)))
    monkeypatch.setattr(service.cli, "_run", lambda *_: None)  # a service runs already
    data = tmp_path / "data"
    app = create_app(Settings(model=MODEL, preload=False, data=data, fetch_hosts=("news.example",)), pool=pool())
    shell = Shell(folder, {"LEDE_DATA": str(data)})
    with serving(app) as address, elsewhere() as there, shell.opened():
        yield Reader(shell, {ADDRESS: address, ".venv/bin/": "", **dict.fromkeys(PLACES, there)})


@pytest.mark.skipif(not shutil.which("curl"), reason="the commands need curl")
@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_all_that_a_document_says_can_be_done(page: Page, reader: Reader):
    for block in page.blocks:
        if not block.reason:
            try:
                reader.read(block)
            except Exception as error:
                error.add_note(f"{page.name}:{block.line}")
                raise


def test_every_block_says_what_it_is():
    odd = [
        f"{page.name}:{block.line} {block.language} {block.info}"
        for page in map(Page, PAGES)
        for block in page.blocks
        if block.language not in LANGUAGES or not (block.reason or block.info in {"", "answer", "output", "events"})
    ]
    assert odd == []


def test_what_is_not_run_is_counted():
    reasons = [f"{page.name}:{b.line}: {b.reason}" for page in map(Page, PAGES) for b in page.blocks if b.reason]
    assert len(reasons) == NOT_RUN, "\n".join(reasons)
