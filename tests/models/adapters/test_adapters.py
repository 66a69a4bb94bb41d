"""Adapters: merged identically on every engine, stored separately from the base model, and rejected if damaged."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from models import loading
from models.adapters.card import CARD, SHIPPED, adapter_of
from models.card import NATIVE, ModelCard
from models.catalogue import SHIPPED as CARDS
from models.catalogue import Catalogue
from models.engines.native import kernels
from models.engines.native.linear import Bfloat16Linear
from models.errors import BadCard, Corrupted, LoadFailed, UnknownModel
from models.loading import Loader, open_catalogue
from models.prompts import render
from models.protocol import Decoding
from models.settings import ModelSettings
from models.store import Store
from summarizer.signature import signature
from tests.models import tiny
from tests.models.adapters import random_adapter
from tests.models.conversion import test_gguf
from tests.models.helpers import RecordedProgress, card

KIND = next(kind for kind in tiny.ALL if kind.name == "qwen2")
GREEDY = Decoding(max_tokens=16)
CARD_TEXT = """
id = "tiny/qwen2"
title = "A model"
licence = "MIT"
commercial_use = true
tasks = ["translate"]
architecture = "decoder"
parameters = 1
download = 1
memory = 1
window = 100
languages = {en = "English", fr = "French"}
prompt = {style = "chat", turns = {translate = "{text}"}}
"""
TEXTS = ("The coalition met in Rome.", "Forty percent is lost, officials say.")


@pytest.fixture(autouse=True)
def _one_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """All engines compute the same way."""
    monkeypatch.setattr(kernels, "measure", lambda: kernels.KernelChoice(Bfloat16Linear.name, kernels.machine_id(), {}))
    monkeypatch.setattr(loading, "instruction_sets", lambda: frozenset({"avx_vnni"}))


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A model's folder."""
    folder = tmp_path / "plain"
    folder.mkdir()
    tiny.qwen2(folder)
    return folder


def random_pairs(source: Path, **options: str) -> dict[str, torch.Tensor]:
    model = AutoModelForCausalLM.from_pretrained(source, **options)
    return random_adapter.pairs(random_adapter.linears(model))


@pytest.fixture
def adapter(tmp_path: Path, plain: Path) -> Path:
    """An adapter for it."""
    return random_adapter.write(tmp_path / "news-1", "tiny/qwen2", random_pairs(plain))


@pytest.fixture
def merged_card(tmp_path: Path, plain: Path) -> ModelCard:
    """The same model with the adapter in its own files."""
    folder = tmp_path / "merged_card"
    model = random_adapter.merged(AutoModelForCausalLM.from_pretrained(plain), random_pairs(plain))
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(plain).save_pretrained(folder)
    return KIND.card(folder, id="tiny/merged_card")


def answers(model_card: ModelCard, home: Path, engine: str, quantization: str) -> list[tuple[str, int]]:
    settings = ModelSettings.model_validate(
        {"home": home, "engine": engine, "quantization": quantization, "device": "cpu", "threads": 2}
    )
    if engine != "transformers":
        Store(home).converted_folder(model_card, NATIVE if engine == "native" else quantization)
    loaded = Loader(settings)(model_card)
    prompts = [render(model_card, loaded.chat, "translate", text, source="en", target="fr") for text in TEXTS]
    adapter_card = [(answer.text, answer.tokens) for answer in loaded.engine.generate(prompts, GREEDY)]
    loaded.engine.close()
    return adapter_card


@pytest.mark.parametrize(
    ("engine", "quantization"),
    [("ctranslate2", "float32"), ("ctranslate2", "int8"), ("native", "auto"), ("transformers", "float32")],
)
def test_merging_matches_a_model_with_the_adapter_in_its_files(
    plain: Path, adapter: Path, merged_card: ModelCard, engine: str, quantization: str
) -> None:
    home, model_card = plain.parent / "home", KIND.card(plain)
    with_it = answers(model_card.model_copy(update={"adapter": str(adapter)}), home, engine, quantization)
    assert with_it == answers(merged_card, home, engine, quantization)
    assert with_it != answers(model_card, home, engine, quantization)


@pytest.mark.parametrize("engine", ["ctranslate2", "native", "transformers"])
def test_an_adapter_is_merged_into_a_gguf_model(tmp_path: Path, engine: str) -> None:
    path = test_gguf.write(tmp_path, test_gguf.eight_bits)
    tensors = random_pairs(tmp_path, gguf_file=path.name)
    folder = random_adapter.write(tmp_path / "news-1", "tiny/qwen2", tensors)
    model_card = test_gguf.card(path)
    home = tmp_path / "home"
    adapter_card = answers(model_card.model_copy(update={"adapter": str(folder)}), home, engine, "float32")
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name, dtype="float32")
    config = loaded.config.to_dict()
    del config["quantization_config"]
    model = Qwen2ForCausalLM(Qwen2Config(**config))  # a model loaded from GGUF cannot be saved
    model.load_state_dict(loaded.state_dict())
    random_adapter.merged(model, tensors).save_pretrained(tmp_path / "merged_card")
    AutoTokenizer.from_pretrained(tmp_path, gguf_file=path.name).save_pretrained(tmp_path / "merged_card")
    assert adapter_card == answers(KIND.card(tmp_path / "merged_card", id="tiny/merged_card"), home, engine, "float32")
    assert adapter_card != answers(model_card, home, engine, "float32")


def test_a_model_without_an_adapter_stays_in_its_folder(tmp_path: Path, plain: Path, adapter: Path) -> None:
    store, model_card = Store(tmp_path / "home"), KIND.card(plain)
    adapted = model_card.model_copy(update={"adapter": str(adapter)})
    before = store.converted_folder(model_card, NATIVE)
    assert before == tmp_path / "home" / "models" / "tiny--qwen2" / "unpinned" / "native"
    assert not store.is_converted(adapted, NATIVE)
    after = store.converted_folder(adapted, NATIVE)
    adapter_card = adapter_of(adapted)
    assert adapter_card
    assert after == before.parent / f"native+{adapter_card.tag}"
    assert store.is_converted(model_card, NATIVE)
    store.verify(model_card)


def test_another_adapter_of_the_same_name_is_converted_separately(tmp_path: Path, plain: Path, adapter: Path) -> None:
    tensors = {name: tensor * 2 for name, tensor in random_pairs(plain).items()}
    other = random_adapter.write(tmp_path / "other", "tiny/qwen2", tensors)
    cards = [KIND.card(plain, adapter=str(folder)) for folder in (adapter, other)]
    store = Store(tmp_path / "home")
    assert store.converted_folder(cards[0], NATIVE) != store.converted_folder(cards[1], NATIVE)


def test_the_notice_is_shown_when_an_adapter_is_merged(tmp_path: Path, plain: Path) -> None:
    folder = random_adapter.write(tmp_path / "news-1", "tiny/qwen2", random_pairs(plain), notice="FOR RESEARCH.")
    progress = RecordedProgress()
    Store(tmp_path / "home", progress).converted_folder(KIND.card(plain, adapter=str(folder)), NATIVE)
    assert "FOR RESEARCH." in progress.notes


def test_the_signature_names_the_adapter(plain: Path, adapter: Path) -> None:
    model_card = KIND.card(plain)
    adapted = model_card.model_copy(update={"adapter": str(adapter)})
    adapter_card = adapter_of(adapted)
    assert adapter_card
    assert f"translate:tiny/qwen2@unpinned+{adapter_card.tag}#1|" in signature({"translate": adapted})
    assert "translate:tiny/qwen2@unpinned#1|" in signature({"translate": model_card})


def catalogue(tmp_path: Path, adapter: str, monkeypatch: pytest.MonkeyPatch, *named: Path) -> Catalogue:
    """Returns the cards with a setting, when the only shipped card names this adapter or none."""
    cards = tmp_path / "cards"
    cards.mkdir(exist_ok=True)
    lines = [f'adapter = "{folder}"' for folder in named]
    (cards / "qwen2.toml").write_text("\n".join([*lines, CARD_TEXT]), "utf-8")
    monkeypatch.setattr(loading, "SHIPPED", cards)
    return open_catalogue(ModelSettings.model_validate({"adapter": adapter}))


def test_none_disables_the_adapter_and_a_folder_sets_another(
    tmp_path: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert catalogue(tmp_path, "card", monkeypatch, adapter)["tiny/qwen2"].adapter == str(adapter)
    assert catalogue(tmp_path, "none", monkeypatch, adapter)["tiny/qwen2"].adapter is None
    assert catalogue(tmp_path, str(adapter), monkeypatch)["tiny/qwen2"].adapter == str(adapter)


def test_the_environment_disables_adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDE_ADAPTER", "none")
    assert ModelSettings().adapter == "none"


def test_a_name_refers_to_a_shipped_adapter(tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.adapters.card.SHIPPED", tmp_path / "shipped")
    random_adapter.write(tmp_path / "shipped" / "news-1", "tiny/qwen2", random_pairs(plain))
    adapter_card = adapter_of(KIND.card(plain, adapter="news-1"))
    assert adapter_card
    assert adapter_card.name == "news-1"


def test_all_shipped_adapters_match_their_cards() -> None:
    shipped = {card.adapter for card in Catalogue(CARDS).values() if card.adapter}
    assert shipped == {path.parent.name for path in SHIPPED.glob(f"*/{CARD}")}


def test_a_setting_without_a_valid_adapter_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadCard, match="contains no valid adapter") as error:
        catalogue(tmp_path, "nowhere", monkeypatch)
    assert "LEDE_ADAPTER" in error.value.hint


def test_an_adapter_for_an_unknown_model_is_an_error(
    tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = random_adapter.write(tmp_path / "news-2", "somebody/else", random_pairs(plain))
    with pytest.raises(UnknownModel, match="somebody/else"):
        catalogue(tmp_path, str(folder), monkeypatch)


@pytest.mark.parametrize(
    "changes", [{"model": "somebody/else"}, {"revision": "0" * 40}], ids=["another model", "another revision"]
)
def test_an_adapter_for_other_weights_is_rejected_before_fetching(
    tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    fields = {"model": "tiny/qwen2"} | changes
    folder = random_adapter.write(tmp_path / "news-3", fields.pop("model"), random_pairs(plain), **fields)
    with pytest.raises(BadCard, match=r"is for .*, not for tiny/qwen2@unpinned"):
        catalogue(tmp_path, "card", monkeypatch, folder)


def test_a_modified_file_is_rejected(tmp_path: Path, plain: Path, adapter: Path) -> None:
    path = adapter / "adapter-2.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(Corrupted, match=r"adapter-2\.safetensors") as error:
        Store(tmp_path / "home").converted_folder(KIND.card(plain, adapter=str(adapter)), NATIVE)
    assert "LEDE_ADAPTER=none" in error.value.hint


@pytest.mark.parametrize("quantization", [NATIVE, "float32"])
@pytest.mark.parametrize(
    ("shape", "message"), [((32, 16), r"is \(32, 32\) in the model"), ((8, 32), r"is \(32, 32\) in the model")]
)
def test_an_adapter_of_another_shape_is_rejected(
    tmp_path: Path, plain: Path, quantization: str, shape: tuple[int, int], message: str
) -> None:
    tensors = random_adapter.pairs({"model.layers.0.self_attn.q_proj": shape})
    folder = random_adapter.write(tmp_path / "news-1", "tiny/qwen2", tensors)
    with pytest.raises(LoadFailed, match=message):
        Store(tmp_path / "home").converted_folder(KIND.card(plain, adapter=str(folder)), quantization)
    assert not Store(tmp_path / "home").is_converted(KIND.card(plain, adapter=str(folder)), quantization)


@pytest.mark.parametrize("quantization", [NATIVE, "float32"])
def test_an_adapter_for_a_missing_layer_is_rejected(tmp_path: Path, plain: Path, quantization: str) -> None:
    tensors = random_adapter.pairs({"model.layers.7.self_attn.q_proj": (32, 32)})
    folder = random_adapter.write(tmp_path / "news-1", "tiny/qwen2", tensors)
    with pytest.raises(LoadFailed, match=r"layers\.7.* is not in the model"):
        Store(tmp_path / "home").converted_folder(KIND.card(plain, adapter=str(folder)), quantization)


def test_a_missing_matrix_is_rejected(tmp_path: Path, plain: Path) -> None:
    tensors = {name: tensor for name, tensor in random_pairs(plain).items() if "0.mlp.up_proj.lora_A" not in name}
    folder = random_adapter.write(tmp_path / "news-1", "tiny/qwen2", tensors)
    with pytest.raises(Corrupted, match="lacks a matrix"):
        Store(tmp_path / "home").converted_folder(KIND.card(plain, adapter=str(folder)), NATIVE)


def test_a_remote_model_cannot_have_an_adapter() -> None:
    server = {"base_url": "http://127.0.0.1:1/v1", "model": "m"}
    with pytest.raises(ValueError, match="a `remote` model cannot have an adapter"):
        card(engine="remote", server=server, adapter="news-1")
