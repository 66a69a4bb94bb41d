"""Mozilla's models, from the catalogue to a translation. A loopback server has random models at the real paths."""

import gzip
import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from models.card import File, ModelCard
from models.catalogue import SHIPPED, Catalogue
from models.errors import ModelNotFetched, TransferFailed
from models.files.sources import fetch
from models.loading import Loader, open_catalogue
from models.prompts import render
from models.protocol import Decoding
from models.settings import ModelSettings
from tests.models.engines.marian import student
from tests.models.engines.marian.languages import TEXTS
from tests.models.engines.marian.student import Student
from tests.models.helpers import RecordedProgress

ENGLISH_GERMAN = "mozilla/firefox-en-de"
PATH = "models/base-memory/ende"


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The files of one direction, with the names in the card."""
    vocabulary = student.vocabulary(TEXTS.values(), 600)
    size = student.vocabulary_size(vocabulary)
    return {
        "lex.50.50.ende.s2t.bin.gz": gzip.compress(student.shortlist(size, size, best=10)),
        "model.ende.intgemm.alphas.bin.gz": gzip.compress(Student.small(size).content()),
        "vocab.ende.spm.gz": gzip.compress(vocabulary),
    }


class Mirror(ThreadingHTTPServer):
    """Serves files below PATH, with range requests. `requests` has the path and range of each request."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), MirrorHandler)
        self.files = files
        self.requests: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/mirror"


class MirrorHandler(BaseHTTPRequestHandler):
    server: Mirror

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass

    def do_GET(self) -> None:
        folder, _, name = self.path.rpartition("/")
        self.server.requests.append((self.path, self.headers["range"]))
        if folder != f"/mirror/{PATH}" or name not in self.server.files:
            self.send_error(404)
            return
        content = self.server.files[name]
        start = int((self.headers["range"] or "bytes=0-")[6:].split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])


@pytest.fixture
def mirror(files: dict[str, bytes]) -> Iterator[Mirror]:
    server = Mirror(dict(files))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(mirror: Mirror, tmp_path: Path) -> ModelSettings:
    return ModelSettings(home=tmp_path / "home", firefox_mirror=mirror.url, device="cpu", threads=1)


def with_hashes(card: ModelCard, files: dict[str, bytes]) -> ModelCard:
    """Returns the card with the sizes and hashes of the random models."""
    assert [file.name for file in card.files] == list(files)
    hashed_files = [
        File(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in files.items()
    ]
    return card.model_copy(update={"files": tuple(hashed_files)})


def test_each_of_mozillas_directions_has_a_card_with_its_files_and_hashes() -> None:
    cards = [card for name, card in Catalogue(SHIPPED).items() if name.startswith("mozilla/firefox-")]
    assert len(cards) == 93
    for card in cards:
        assert (card.engine, card.licence) == ("marian", "MPL-2.0")
        assert "MPL-2.0" in card.notice
        assert all(file.size and file.sha256 for file in card.files)
        assert card.download == sum(file.size or 0 for file in card.files) < 60_000_000
        assert len(card.files) in {3, 4}
        assert card.sources.url
        assert "{" not in card.sources.url


def test_the_better_of_two_models_is_used_unless_fast_is_set() -> None:
    better, faster = Catalogue(SHIPPED)[ENGLISH_GERMAN], Catalogue(SHIPPED, fast=True)[ENGLISH_GERMAN]
    assert better.sources.url and better.sources.url.endswith(PATH)  # noqa: PT018
    assert faster.sources.url and faster.sources.url.endswith("models/tiny/ende")  # noqa: PT018
    assert better.revision != faster.revision
    assert better.scores[0].value > faster.scores[0].value


def test_simplified_chinese_has_the_tag_zh() -> None:
    assert Catalogue(SHIPPED)["mozilla/firefox-en-zh"].serves("en", "zh")
    assert Catalogue(SHIPPED)["mozilla/firefox-zh-en"].serves("zh", "en")


def test_a_model_is_downloaded_from_the_mirror_and_translates(
    mirror: Mirror, settings: ModelSettings, files: dict[str, bytes]
) -> None:
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    progress = RecordedProgress()
    loader = Loader(settings, progress)
    assert not loader.is_prepared(card)
    loader.prepare(card)
    assert loader.is_prepared(card)
    assert [path for path, _ in mirror.requests] == [f"/mirror/{PATH}/{name}" for name in files]
    assert card.notice in progress.notes
    loaded = loader(card)
    assert loaded.backend == "marian cpu"
    prompt = render(card, loaded.chat, "translate", "All human beings are born free.", source="en", target="de")
    hypothesis = loaded.engine.generate([prompt], card.decoding("translate"))[0]
    assert hypothesis.tokens
    assert len(mirror.requests) == len(files)


def test_an_interrupted_download_is_resumed(
    mirror: Mirror, settings: ModelSettings, files: dict[str, bytes], tmp_path: Path
) -> None:
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    first = card.files[0]
    partial = tmp_path / f".{first.name}.{(first.sha256 or '')[:16]}"
    partial.write_bytes(files[first.name][:100])
    assert fetch(card, tmp_path, RecordedProgress()) == tmp_path
    assert mirror.requests[0][1] == "bytes=100-"
    assert {name: (tmp_path / name).read_bytes() for name in files} == files
    assert not partial.exists()


def test_files_with_another_hash_are_rejected(
    mirror: Mirror, settings: ModelSettings, files: dict[str, bytes], tmp_path: Path
) -> None:
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    name = "vocab.ende.spm.gz"
    mirror.files[name] = files[name][:-1] + b"x"
    with pytest.raises(TransferFailed, match="SHA-256"):
        fetch(card, tmp_path, RecordedProgress())
    assert not (tmp_path / name).exists()
    mirror.files[name] = files[name]
    assert fetch(card, tmp_path, RecordedProgress()) == tmp_path


def test_a_server_without_the_files_is_reported(
    mirror: Mirror, settings: ModelSettings, files: dict[str, bytes]
) -> None:
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    mirror.files.clear()
    with pytest.raises(TransferFailed, match=PATH):
        Loader(settings).prepare(card)


def test_nothing_is_downloaded_offline(settings: ModelSettings, files: dict[str, bytes]) -> None:
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    with pytest.raises(ModelNotFetched):
        Loader(settings.model_copy(update={"offline": True})).prepare(card)


def test_the_mirror_may_be_a_folder(tmp_path: Path, files: dict[str, bytes]) -> None:
    (tmp_path / "mirror" / PATH).mkdir(parents=True)
    for name, data in files.items():
        (tmp_path / "mirror" / PATH / name).write_bytes(data)
    settings = ModelSettings(
        home=tmp_path / "home", firefox_mirror=str(tmp_path / "mirror"), offline=True, device="cpu"
    )
    card = with_hashes(open_catalogue(settings)[ENGLISH_GERMAN], files)
    loaded = Loader(settings)(card)
    prompt = render(card, loaded.chat, "translate", "All human beings are born free.", source="en", target="de")
    assert loaded.engine.generate([prompt], Decoding())[0].tokens


def test_a_mirror_does_not_change_other_cards() -> None:
    plain, mirrored = Catalogue(SHIPPED), Catalogue(SHIPPED, mirror="https://example.org/firefox")
    assert all(plain[name] == mirrored[name] for name in plain if not name.startswith("mozilla/firefox-"))
