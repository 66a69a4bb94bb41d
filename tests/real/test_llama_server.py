"""A card whose model is served by llama-cpp-python on loopback, with the bundled model's file.

It runs if LEDE_LLAMA_PYTHON names an interpreter with `llama-cpp-python[server]`, which takes 15 minutes to compile.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from models.errors import ModelNotFetched, RemoteFailed
from models.loading import open_catalogue
from models.settings import ModelSettings
from models.store import Store
from summarizer.desk import Desk
from summarizer.options import BlurbOptions, SummaryOptions
from summarizer.watch import Event, Watch

PYTHON = os.environ.get("LEDE_LLAMA_PYTHON")
ARTICLE = (Path(__file__).parents[2] / "examples" / "voa-2016-02-02-coalition.txt").read_text("utf-8")
LOADING = 120

CARD = """
id = "test/llama"
title = "The bundled model, served by llama.cpp"
licence = "Apache-2.0"
commercial_use = true
tasks = ["summarise", "headline", "translate"]
architecture = "decoder"
engine = "remote"
window = 4096
languages = {{ en = "English", fr = "French" }}

[server]
base_url = "{url}/v1"
model = "{model}"
concurrency = 1

[prompt]
style = "chat"
system = "You are an editor at a news agency."

[prompt.turns]
summarise = "Summarise in {{source}}, in {{sentences}}, at most {{words}} words:\\n\\n{{text}}"
headline = "Write a headline of at most {{words}} words ({{characters}} characters) in {{source}}:\\n\\n{{text}}"
translate = "Translate the following {{source}} text to {{target}}. Output only the translation.\\n\\n{{text}}"
"""

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="LEDE_LLAMA_PYTHON names no interpreter with llama-cpp-python"),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The server's address. The option keeps it from cancelling a request for the next one, which is its default."""
    settings = ModelSettings(offline=True)
    card = open_catalogue(settings)[settings.model]
    try:
        gguf = Store(settings.home).source_folder(card, fetch=False) / card.files[0].name
    except ModelNotFetched:
        pytest.skip("the bundled model is not here: `make test` fetches it, as does `lede models pull`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--n_ctx", "4096", "--interrupt_requests", "false", "--port", str(port)]
    process = subprocess.Popen([str(PYTHON), "-m", "llama_cpp.server", "--model", str(gguf), *options])
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + LOADING
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"{url}/v1/models", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.5)
    pytest.fail("llama-cpp-python's server did not start")


def desk(url: str, folder: Path, model: str | None = None) -> Desk:
    known = httpx2.get(f"{url}/v1/models", timeout=5).json()["data"][0]["id"]
    (folder / "llama.toml").write_text(CARD.format(url=url, model=model or known), "utf-8")
    return Desk(settings=ModelSettings(model="test/llama", cards=folder, home=folder))


def test_it_summarises_translates_and_streams(url: str, tmp_path: Path) -> None:
    with closing(desk(url, tmp_path)) as llama:
        events: list[Event] = []
        summary = llama.summarise(ARTICLE, SummaryOptions(max_sentences=2), watch=Watch(events.append))
        assert 0 < len(summary.sentences) <= 2
        deltas = [event.data["text"] for event in events if event.kind == "delta"]
        assert deltas == [sentence.text for sentence in summary.sentences]
        translations = llama.translate(["The bridge was closed on Monday.", "The mayor resigned."], ["fr"])
        bridge, mayor = translations.translations[0].texts
        assert "pont" in bridge
        assert "maire" in mayor
        (blurb,) = llama.blurb(ARTICLE, BlurbOptions(("en",))).blurbs
        assert blurb.wording.title
        assert blurb.wording.body.endswith(".")


def test_a_model_that_the_server_lacks_is_reported(url: str, tmp_path: Path) -> None:
    with closing(desk(url, tmp_path, "another")) as llama, pytest.raises(RemoteFailed, match="another"):
        llama.summarise(ARTICLE)
