"""Files that are whole or not there."""

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
from tests.models.given import digest


def test_a_hash_is_of_the_whole_file(tmp_path: Path) -> None:
    content = b"a" * 3_000_000
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == digest(content)


def test_a_size_counts_every_file_below(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "one").write_bytes(b"123")
    (tmp_path / "a" / "b" / ".two").write_bytes(b"4567")
    assert folder_size(tmp_path) == 7
    assert folder_size(tmp_path / "nowhere") == 0


def test_what_is_made_goes_by_itself_and_what_was_renamed_stays(tmp_path: Path) -> None:
    with temporary_folder(tmp_path / "new") as folder:
        (folder / "model").mkdir()
        (folder / "model" / "weights").write_bytes(b"1")
        (folder / "scrap").write_bytes(b"2")
        (folder / "model").rename(tmp_path / "new" / "model")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["model"]


def test_nothing_is_left_of_work_that_failed(tmp_path: Path) -> None:
    def fail() -> None:
        with temporary_folder(tmp_path) as folder:
            (folder / "half").write_bytes(b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_away_wherever_it_lies(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "files" / "pieces"):
        (place / f"{TEMPORARY}killed" / "deep").mkdir(parents=True)
        (place / f"{TEMPORARY}killed" / "deep" / "half").write_bytes(b"1")
        (place / "whole").write_bytes(b"2")
    remove_unfinished(tmp_path)
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["files/pieces/whole", "whole"]
    assert list(tmp_path.rglob(f"{TEMPORARY}*")) == []


def test_a_full_disk_is_told_as_one_with_what_to_do(tmp_path: Path) -> None:
    device = Path("/dev/full")  # every write to it fails as on a full disk
    with pytest.raises(NoSpace, match="is full") as full, raising_no_space(tmp_path):
        device.write_bytes(b"1")
    assert "LEDE_HOME" in full.value.hint
    assert isinstance(full.value.__cause__, OSError)


def test_another_fault_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), raising_no_space(tmp_path):
        (tmp_path / "nowhere").read_bytes()
    with pytest.raises(OSError, match="quota"), raising_no_space(tmp_path):
        raise OSError(errno.EPERM, "quota")


def test_a_quota_counts_as_a_disk(tmp_path: Path) -> None:
    with pytest.raises(NoSpace), raising_no_space(tmp_path):
        raise OSError(errno.EDQUOT, "quota")


def test_space_is_measured_where_it_is_needed(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(NoSpace, match=r"1000000000\.0 GB are needed under .*, but only \d+\.\d GB are free"):
        require_space(tmp_path, 10**18)
