"""Loading a card on the native engine, through the store and the loader."""

from pathlib import Path
from threading import Thread, current_thread

import pytest

from models import loading
from models.card import NATIVE, ModelCard
from models.engines.native import kernels
from models.engines.native.engine import NativeEngine
from models.errors import LoadFailed
from models.loading import Loader
from models.prompts import render
from models.protocol import Decoding
from models.settings import ModelSettings
from models.store import Store
from tests.models import tiny


def settings(home: Path, **changes: object) -> ModelSettings:
    return ModelSettings.model_validate({"home": home, "device": "cpu", "threads": 2} | changes)


def built(name: str, folder: Path) -> ModelCard:
    source = folder / name
    source.mkdir()
    kind = next(kind for kind in tiny.ALL if kind.name == name)
    kind.build(source)
    return kind.card(source, engine="native" if kind.prompt["style"] == "chat" else "ctranslate2")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "OUTPUTS", 64)
    monkeypatch.setattr(loading, "instruction_sets", lambda: frozenset({"avx_vnni"}))


def test_a_card_is_quantized_once_and_generates(tmp_path: Path) -> None:
    card, home = built("qwen2", tmp_path), tmp_path / "home"
    loader = Loader(settings(home))
    assert not loader.is_prepared(card)
    store = Store(home)
    store.converted_folder(card, NATIVE)
    assert loader.is_prepared(card)
    store.verify(card)
    loaded = loader(card)
    assert isinstance(loaded.engine, NativeEngine)
    assert loaded.backend.startswith("native ")
    prompt = render(card, loaded.chat, "translate", "Rome", source="en", target="fr")
    (answer,) = loaded.engine.generate([prompt], Decoding(max_tokens=8))
    assert 0 < answer.tokens <= 8
    assert loaded.engine.memory() > 0
    loaded.engine.close()


def test_the_loading_thread_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, home = built("qwen2", tmp_path), tmp_path / "home"
    Store(home).converted_folder(card, NATIVE)
    seen: list[Thread] = []

    def chosen(folder: Path, device: str) -> kernels.KernelChoice:
        seen.append(current_thread())
        return kernels.KernelChoice("weight_only", "", {})

    monkeypatch.setattr(kernels, "load_choice", chosen)
    Loader(settings(home))(card).engine.close()
    (thread,) = seen
    assert thread is not current_thread()
    assert not thread.is_alive()


def test_another_precision_uses_ctranslate2(tmp_path: Path) -> None:
    card, home = built("qwen2", tmp_path), tmp_path / "home"
    Store(home).converted_folder(card, "float32")
    assert Loader(settings(home, quantization="float32"))(card).backend == "ctranslate2 float32"


def test_a_processor_without_fast_int8_uses_ctranslate2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card, home = built("qwen2", tmp_path), tmp_path / "home"
    Store(home).converted_folder(card, "int8")
    monkeypatch.setattr(loading, "instruction_sets", lambda: frozenset({"avx", "neon"}))
    assert Loader(settings(home))(card).backend == "ctranslate2 int8"


@pytest.mark.parametrize("name", ["avx2", "avx_vnni", "avx512_vnni", "amx_int8"])
def test_a_processor_with_fast_int8_uses_the_native_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    card, home = built("qwen2", tmp_path), tmp_path / "home"
    Store(home).converted_folder(card, NATIVE)
    monkeypatch.setattr(loading, "instruction_sets", lambda: frozenset({name}))
    loaded = Loader(settings(home))(card)
    assert loaded.backend.startswith("native ")
    loaded.engine.close()


def test_an_unsupported_architecture_is_rejected(tmp_path: Path) -> None:
    card, home = built("m2m100", tmp_path), tmp_path / "home"
    with pytest.raises(LoadFailed, match="the native engine does not support 'm2m_100'") as error:
        Store(home).converted_folder(card, NATIVE)
    assert error.value.hint == "Use another engine."
