"""Atomic files and folders."""

import errno
from pathlib import Path

import pytest

from models.errors import NoSpace
from models.files.disk import (
    TEMPORARY,
    folder_size,
    raising_no_space,
    remove_unfinished,
    require_space,
    sha256,
    temporary_folder,
)
from tests.models.helpers import digest


def test_the_hash_covers_the_whole_file(tmp_path: Path) -> None:
    content = b"a" * 3_000_000
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == digest(content)


def test_folder_size_includes_subfolders(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one").write_bytes(b"123")
    (tmp_path / "a" / "b" / ".two").write_bytes(b"4567")
    assert folder_size(tmp_path) == 7
    assert folder_size(tmp_path / "nowhere") == 0


def test_a_temporary_folder_is_removed_and_what_was_renamed_out_of_it_remains(tmp_path: Path) -> None:
    with temporary_folder(tmp_path / "new") as folder:
        (folder / "model").mkdir()
        (folder / "model" / "weights").write_bytes(b"1")
        (folder / "scrap").write_bytes(b"2")
        (folder / "model").rename(tmp_path / "new" / "model")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model"]


def test_a_temporary_folder_is_removed_on_failure(tmp_path: Path) -> None:
    def fail() -> None:
        with temporary_folder(tmp_path) as folder:
            (folder / "half").write_bytes(b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_a_killed_process_are_removed_in_all_subfolders(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "files" / "pieces"):
        (place / f"{TEMPORARY}killed" / "deep").mkdir(parents=True)
        (place / f"{TEMPORARY}killed" / "deep" / "half").write_bytes(b"1")
        (place / "whole").write_bytes(b"2")
    remove_unfinished(tmp_path)
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["files/pieces/whole", "whole"]
    assert list(tmp_path.rglob(f"{TEMPORARY}*")) == []


def test_a_full_disk_raises_no_space_with_a_hint(tmp_path: Path) -> None:
    device = Path("/dev/full")  # every write fails with ENOSPC
    with pytest.raises(NoSpace, match="is full") as full, raising_no_space(tmp_path):
        device.write_bytes(b"1")
    assert "LEDE_HOME" in full.value.hint
    assert isinstance(full.value.__cause__, OSError)


def test_other_disk_errors_are_not_converted(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), raising_no_space(tmp_path):
        (tmp_path / "nowhere").read_bytes()
    with pytest.raises(OSError, match="quota"), raising_no_space(tmp_path):
        raise OSError(errno.EPERM, "quota")


def test_an_exhausted_quota_raises_no_space(tmp_path: Path) -> None:
    with pytest.raises(NoSpace), raising_no_space(tmp_path):
        raise OSError(errno.EDQUOT, "quota")


def test_free_space_is_checked(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(NoSpace, match=r"1000000000\.0 GB are needed under .*, but only \d+\.\d GB are free"):
        require_space(tmp_path, 10**18)
