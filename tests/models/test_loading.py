"""Opening a pool from settings, and loading engines from cards. The outputs of engines are tested with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import psutil
import pytest

from models import conversion_process
from models.card import ModelCard
from models.catalogue import SHIPPED
from models.engines.fake import FakeEngine
from models.errors import BadCard, LoadFailed, ModelNotFetched, NoSpace, OutOfMemory
from models.files.progress import Progress
from models.loading import MEMORY_SHARE, Loader, open_catalogue, open_pool
from models.model import LoadedEngine
from models.protocol import Decoding
from models.settings import ModelSettings
from models.store import Store
from tests.models.helpers import card


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes to a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., ModelSettings]:
    return lambda **fields: ModelSettings.model_validate({"home": tmp_path / "home"} | fields)


def loader(settings: ModelSettings) -> Loader:
    return Loader(settings)


BUNDLED = "Qwen/Qwen2.5-Coder-1.5B-Instruct"
TORN = card(engine="ctranslate2")


def test_user_cards_are_added_to_shipped_ones(tmp_path: Path, settings: Callable[..., ModelSettings]) -> None:
    shipped = len(open_catalogue(settings()))
    text = (SHIPPED / "bart-large-cnn.toml").read_text("utf-8").replace("facebook/bart-large-cnn", "me/user_card", 1)
    (tmp_path / "user_card.toml").write_text(text, "utf-8")
    assert len(open_catalogue(settings(cards=tmp_path))) == shipped + 1
    (tmp_path / "user_card.toml").write_text("id = 1", "utf-8")
    with pytest.raises(BadCard, match=r"user_card\.toml"):
        open_pool(settings(cards=tmp_path))


def test_the_fake_engine_runs_any_card_without_fetching(tmp_path: Path, settings: Callable[..., ModelSettings]) -> None:
    pool = open_pool(settings(engine="fake", offline=True))
    with pool.use(BUNDLED) as model:
        made = model.prompt("translate", "Bonjour le monde.", source="fr", target="en")
        assert model.generate([made], Decoding())[0].text == "Bonjour le monde."
        assert model.window == pool.catalogue[BUNDLED].window
    pool.close()
    loader(settings(engine="fake")).prepare(pool.catalogue[BUNDLED])
    assert not (tmp_path / "home").exists()


def test_the_budget_is_the_setting_or_a_share_of_memory(
    settings: Callable[..., ModelSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = open_catalogue(settings())[BUNDLED].memory
    with pytest.raises(OutOfMemory), open_pool(settings(engine="fake", memory_budget=needed - 1)).use(BUNDLED):
        pass
    machine = psutil.virtual_memory()._replace(total=int((needed - 1) / MEMORY_SHARE))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine)
    with pytest.raises(OutOfMemory), open_pool(settings(engine="fake")).use(BUNDLED):
        pass
    with open_pool(settings(engine="fake", memory_budget=needed)).use(BUNDLED) as model:
        assert model.card.id == BUNDLED


@pytest.mark.parametrize("engine", ["ctranslate2", "transformers"])
def test_offline_nothing_is_fetched(engine: str, settings: Callable[..., ModelSettings]) -> None:
    offline = settings(engine=engine, offline=True)
    for ask in (loader(offline), loader(offline).prepare):
        with pytest.raises(ModelNotFetched, match="not on this machine"):
            ask(card())


@pytest.mark.parametrize(
    ("requested", "own", "taken"),
    [("card", "fake", "fake"), ("card", "ctranslate2", "ctranslate2"), ("transformers", "ctranslate2", "transformers"),
     ("fake", "transformers", "fake")],
)  # fmt: skip
def test_the_engine_setting_overrides_the_card(
    requested: str, own: str, taken: str, settings: Callable[..., ModelSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_named(name: str) -> Callable[[Loader, ModelCard], LoadedEngine]:
        return lambda _loader, _card: LoadedEngine(FakeEngine(answer=lambda _prompt: name), lambda *_turns: "")

    monkeypatch.setattr(Loader, "_load_ctranslate2", as_named("ctranslate2"))
    monkeypatch.setattr(Loader, "_load_transformers", as_named("transformers"))
    made: Any = loader(settings(engine=requested))(card(engine=own)).engine
    assert made._answer(None) == taken if taken != "fake" else made._answer.__name__ == "echo"


def test_library_errors_are_reported_with_model_and_reason(
    settings: Callable[..., ModelSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = RuntimeError("unsupported weights")

    def fail(*_arguments: object, **_options: object) -> None:
        raise cause

    monkeypatch.setattr(conversion_process, "convert", fail)
    with pytest.raises(LoadFailed, match="somebody/a-model could not be loaded: unsupported weights") as failure:
        loader(settings())(TORN)
    assert failure.value.__cause__ is cause
    assert "verify" in failure.value.hint


def test_model_errors_are_not_wrapped(settings: Callable[..., ModelSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    error = NoSpace("Full.")

    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(conversion_process, "convert", fail)
    with pytest.raises(NoSpace) as failure:
        loader(settings())(TORN)
    assert failure.value is error


@pytest.mark.parametrize(
    ("fields", "gpus", "precision"),
    [
        ({}, 0, "int8"),
        ({}, 1, "int8_float16"),
        ({"device": "cpu"}, 1, "int8"),
        ({"quantization": "float32"}, 1, "float32"),
    ],
)
def test_the_precision_depends_on_the_machine_unless_set(
    fields: dict[str, str],
    gpus: int,
    precision: str,
    settings: Callable[..., ModelSettings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requested: list[tuple[str, bool]] = []

    def convert(_card: ModelCard, _home: Path, quantization: str, _progress: Progress, *, fetch: bool) -> None:
        requested.append((quantization, fetch))

    monkeypatch.setattr(conversion_process, "convert", convert)
    monkeypatch.setattr(Store, "converted_folder", lambda _store, _card, _quantization, *, fetch: Path())
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: gpus)
    loader(settings(**fields)).prepare(TORN)
    assert requested == [(precision, True)]
