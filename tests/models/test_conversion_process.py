"""Conversion in a child process, with a real small model."""

from pathlib import Path

import pytest

from models import conversion_process
from models.errors import LoadFailed, ModelNotFetched, TransferFailed
from models.store import Store
from tests.models import tiny
from tests.models.helpers import RecordedProgress

KIND = next(kind for kind in tiny.ALL if kind.name == "m2m100")


def test_a_model_is_converted_in_a_child_process_with_progress(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    KIND.build(source)
    progress = RecordedProgress()
    conversion_process.convert(KIND.card(source), tmp_path / "home", "int8", progress, fetch=True)
    assert Store(tmp_path / "home").is_converted(KIND.card(source), "int8")
    assert ("convert", 1, 1) in progress.steps


@pytest.mark.parametrize(("fetch", "error"), [(False, ModelNotFetched), (True, TransferFailed)])
def test_errors_of_the_store_are_raised_in_the_parent(tmp_path: Path, *, fetch: bool, error: type[Exception]) -> None:
    card = KIND.card(tmp_path, sources={"folder": str(tmp_path / "nothing")})
    with pytest.raises(error) as raised:
        conversion_process.convert(card, tmp_path / "home", "int8", RecordedProgress(), fetch=fetch)
    assert raised.value.hint  # type: ignore[attr-defined]


def test_a_child_that_dies_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.conversion_process.sys.executable", "/bin/false")
    with pytest.raises(LoadFailed, match="failed with exit code 1"):
        conversion_process.convert(KIND.card(tmp_path), tmp_path / "home", "int8", RecordedProgress(), fetch=True)


def test_a_user_folder_named_models_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise RuntimeError('this code was run')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelNotFetched):
        conversion_process.convert(
            KIND.card(tmp_path / "nothing"), tmp_path / "home", "int8", RecordedProgress(), fetch=False
        )
