"""Fetching a model's file from wheels: real downloads by pip from an index on loopback."""

import errno
import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import Corrupted, NoSpace, TransferFailed
from models.files import wheels
from models.files.disk import TEMPORARY
from models.files.progress import NoProgress
from models.files.wheels import from_wheels
from tests.models.helpers import PackageIndex, RecordedProgress, SplitFile, digest, environment, unpack

PIECES = SplitFile(b"first" * 1000, b"second" * 1000, b"third" * 1000)
CARD = PIECES.card()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[PackageIndex]:
    index = PackageIndex(PIECES)
    with index.served() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield index


def left(folder: Path) -> set[str]:
    """Returns the files under a folder, which must not include unfinished ones."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_pip_downloads_the_pieces_and_they_are_joined_in_order(index: PackageIndex, tmp_path: Path) -> None:
    progress = RecordedProgress()
    assert from_wheels(CARD, tmp_path, progress) == tmp_path
    assert (tmp_path / "model.gguf").read_bytes() == PIECES.whole
    assert left(tmp_path) == {"model.gguf"}
    assert index.downloads == {index.name(number): 1 for number in range(3)}
    assert progress.steps[-1] == ("fetch", len(PIECES.whole), len(PIECES.whole))
    assert not set(sys.modules) & {PIECES.module(number) for number in range(3)}


def test_a_card_without_wheels_is_skipped(tmp_path: Path) -> None:
    assert from_wheels(CARD.model_copy(update={"sources": CARD.sources.model_copy(update={"wheels": ()})}),
                       tmp_path, NoProgress()) is None  # fmt: skip


def test_a_corrupt_wheel_is_rejected_and_only_it_is_fetched_again(index: PackageIndex, tmp_path: Path) -> None:
    sound = index.wheels[index.name(2)]
    index.wheels[index.name(2)] = PIECES.archive(2, b"thirt" * 1000)
    with pytest.raises(
        Corrupted, match=r"lede-test-piece2 1\.0 does not contain the data that the card states"
    ) as refusal:
        from_wheels(CARD, tmp_path, NoProgress())
    assert "pull" in refusal.value.hint
    assert left(tmp_path) == {f"pieces/{PIECES.package(0)}", f"pieces/{PIECES.package(1)}"}
    index.wheels[index.name(2)] = sound
    index.downloads.clear()
    progress = RecordedProgress()
    from_wheels(CARD, tmp_path, progress)
    assert (tmp_path / "model.gguf").read_bytes() == PIECES.whole
    assert index.downloads == {index.name(2): 1}
    assert progress.steps[0][1] >= len(PIECES.data[0] + PIECES.data[1])  # pieces that exist are counted immediately


def test_a_piece_modified_on_disk_is_fetched_again(index: PackageIndex, tmp_path: Path) -> None:
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    (pieces / PIECES.package(0)).write_bytes(PIECES.data[0])
    (pieces / PIECES.package(1)).write_bytes(PIECES.data[1].upper())
    (pieces / PIECES.package(2)).write_bytes(PIECES.data[2][:-1])
    from_wheels(CARD, tmp_path, NoProgress())
    assert (tmp_path / "model.gguf").read_bytes() == PIECES.whole
    assert index.downloads == {index.name(1): 1, index.name(2): 1}


def test_an_interrupted_fetch_is_resumed_after_the_fetched_pieces(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "CONCURRENT_DOWNLOADS", 1)
    missing = index.wheels.pop(index.name(1))
    with pytest.raises(
        TransferFailed, match=r"lede-test-piece1 1\.0 could not be downloaded: ERROR: Could not find a version"
    ):
        from_wheels(CARD, tmp_path, NoProgress())
    assert left(tmp_path) >= {f"pieces/{PIECES.package(0)}"}
    index.wheels[f"{PIECES.module(1)}-1.0-py3-none-any.whl"] = missing
    from_wheels(CARD, tmp_path, NoProgress())
    assert (tmp_path / "model.gguf").read_bytes() == PIECES.whole
    assert set(index.downloads.values()) == {1}


def test_a_complete_file_is_not_fetched_again(index: PackageIndex, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(PIECES.whole)
    assert from_wheels(CARD, tmp_path, NoProgress()) == tmp_path
    assert not index.downloads


@pytest.mark.parametrize(
    "content",
    [b"<html>Please log in</html>", PIECES.archive(0)],
    ids=["no archive", "another package's data"],
)
def test_a_download_that_is_not_the_wheel_is_rejected(
    content: bytes, index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = CARD.sources.wheels[1]
    place = tmp_path / "place"
    place.mkdir()
    (place / "given.whl").write_bytes(content)
    monkeypatch.setattr(sys, "executable", shutil.which("true"))  # in place of pip: does nothing
    with pytest.raises(Corrupted, match=r"lede-test-piece1 1\.0 is not the wheel that the card names"):
        wheels._download(wheel, place, lambda _size: None)


def test_an_unreachable_index_is_reported_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        for name, value in environment(taken.getsockname()[1]).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PIP_RETRIES", "1")  # pip reports the reason on a retry
        with pytest.raises(
            TransferFailed, match=r"lede-test-piece\d 1\.0 could not be downloaded: WARNING: .*Connection refused"
        ) as failure:
            from_wheels(CARD, tmp_path, NoProgress())
    assert "Check the network" in failure.value.hint
    assert left(tmp_path) == set()


def test_installed_packages_are_read_and_never_imported(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    for number in range(3):
        unpack(PIECES.archive(number), site)
    monkeypatch.syspath_prepend(site)
    from_wheels(CARD, tmp_path / "files", NoProgress())
    assert (tmp_path / "files" / "model.gguf").read_bytes() == PIECES.whole
    assert not index.downloads
    assert not set(sys.modules) & {PIECES.module(number) for number in range(3)}
    with pytest.raises(RuntimeError, match="this code was run"):  # the effect of an import
        __import__(PIECES.module(0))


def test_an_installed_package_that_does_not_match_is_downloaded(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    unpack(PIECES.archive(0, b"changed"), site)
    unpack(PIECES.archive(1), site)
    newer = site / f"{PIECES.module(1)}-1.0.dist-info"
    metadata = (newer / "METADATA").read_text("utf-8")
    (newer / "METADATA").write_text(metadata.replace("Version: 1.0", "Version: 2.0"), "utf-8")
    unpack(PIECES.archive(2), site)
    (site / PIECES.member(2)).unlink()
    monkeypatch.syspath_prepend(site)
    from_wheels(CARD, tmp_path / "files", NoProgress())
    assert digest((tmp_path / "files" / "model.gguf").read_bytes()) == digest(PIECES.whole)
    assert set(index.downloads) == {index.name(number) for number in range(3)}


def test_pip_writes_to_the_models_disk(index: PackageIndex, tmp_path: Path) -> None:
    """Free space is checked on the disk that pip writes to."""
    places: set[str] = set()
    seen, more = threading.Event(), threading.Lock()

    def look(_name: str) -> None:
        with more:
            places.update(path.parent.name for path in tmp_path.rglob("pip-*"))
        seen.set()

    index.before = look
    from_wheels(CARD, tmp_path, NoProgress())
    assert seen.is_set()
    assert places
    assert all(name.startswith(TEMPORARY) for name in places)


def test_a_too_small_disk_is_reported_before_fetching(index: PackageIndex, tmp_path: Path) -> None:
    huge = CARD.sources.wheels[0].model_copy(update={"size": 10**18})
    card = CARD.model_copy(update={"sources": CARD.sources.model_copy(update={"wheels": (huge,)})})
    with pytest.raises(NoSpace, match="GB are needed under"):
        from_wheels(card, tmp_path, NoProgress())
    assert not index.downloads


def test_a_disk_that_fills_during_pip_raises_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = f"ERROR: Could not install packages due to an OSError: [Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}"
    pip = tmp_path / "pip"
    pip.write_text(f"#!/bin/sh\necho '{said}'\nexit 1\n", "utf-8")
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(pip))
    with pytest.raises(NoSpace, match="is full") as full:
        from_wheels(CARD, tmp_path / "files", NoProgress())
    assert "LEDE_HOME" in full.value.hint
    assert left(tmp_path / "files") == set()


def test_a_disk_that_fills_while_the_pieces_are_joined_does_not_lose_them(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OSError, match="No space left"):
            from_wheels(CARD, tmp_path, NoProgress())
    assert left(tmp_path) == {f"pieces/{PIECES.package(number)}" for number in range(3)}
    index.downloads.clear()
    from_wheels(CARD, tmp_path, NoProgress())
    assert (tmp_path / "model.gguf").read_bytes() == PIECES.whole
    assert not index.downloads
