"""Splitting a large file into parcels, and joining them."""

import hashlib
from pathlib import Path

import pytest

from training import parcels
from training.parcels import BadParcel

CONTENT = bytes(range(256)) * 10


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    source = tmp_path / "model.gguf"
    source.write_bytes(CONTENT)
    parcels.split(source, tmp_path / "cut", part_bytes=1000)
    return tmp_path / "cut"


def test_a_file_is_split_and_joined(cut: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in cut.glob("part-*"))
    assert names == ["part-01", "part-02", "part-03"]
    there = tmp_path / "there"
    assert [parcels.receive(cut / name, there) for name in names] == [names[1:], names[2:], []]
    parcels.join(there, tmp_path / "joined.gguf")
    assert (tmp_path / "joined.gguf").read_bytes() == CONTENT


def test_the_list_has_the_checksum_of_the_whole_file(cut: Path) -> None:
    assert parcels.PartList.read(cut).whole == hashlib.sha256(CONTENT).hexdigest()


def test_a_missing_parcel_is_reported(cut: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    parcels.receive(cut / "part-01", there)
    with pytest.raises(BadParcel, match="part-02, part-03 of 3 are missing"):
        parcels.join(there, tmp_path / "joined.gguf")
    with pytest.raises(BadParcel, match="part-01 is missing"):
        parcels.receive(cut / "part-01", there)
    assert not (tmp_path / "joined.gguf").exists()


def test_a_modified_parcel_is_rejected(cut: Path, tmp_path: Path) -> None:
    (cut / "part-02").write_bytes(b"something else")
    with pytest.raises(BadParcel, match="part-02 does not match"):
        parcels.receive(cut / "part-02", tmp_path / "there")


def test_a_file_with_a_wrong_checksum_is_removed(cut: Path, tmp_path: Path) -> None:
    path = cut / "part-03"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(BadParcel, match="does not have the SHA-256"):
        parcels.join(cut, tmp_path / "joined.gguf")
    assert list(tmp_path.glob("joined*")) == []


def test_splitting_again_removes_old_parcels(cut: Path, tmp_path: Path) -> None:
    parcels.split(tmp_path / "model.gguf", cut, part_bytes=2000)
    assert len(list(cut.glob("part-*"))) == 2
