"""Training end to end on a tiny model: it learns, resumes, and Lede runs the result."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from models.adapters.card import adapter_of
from models.adapters.merging import Adapter
from models.card import NATIVE, ModelCard
from models.engines.native import kernels
from models.engines.native.linear import Bfloat16Linear
from models.loading import Loader
from models.prompts import render
from models.protocol import Decoding
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import Tokenizer
from tests.models.conversion import test_gguf
from tests.training.conftest import french, pair, sentence, small
from training import base as bases
from training import checkpoint, network, shards, translate
from training.batches import batches
from training.encode import Encoded, Encoder
from training.export import export
from training.generate import generate
from training.pack import pack
from training.prompts import Prompter
from training.rehearse import rehearse
from training.settings import TrainingSettings
from training.train import Run, learning_rate

ROWS, FEW = 24, 6
STEPS = 8


@pytest.fixture
def prepared(settings: TrainingSettings, prompter: Prompter) -> TrainingSettings:
    """Settings whose folder has shards and evaluation rows."""
    return filled(settings, prompter)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory, base: Path, prompter: Prompter) -> TrainingSettings:
    """The same, with a checkpoint of a model that has memorized its rows."""
    torch.set_num_threads(1)
    settings = epochs(filled(small(tmp_path_factory.mktemp("learnt"), base), prompter, FEW), 100, rate=1e-2)
    settings = dataclasses.replace(settings, lora=dataclasses.replace(settings.lora, rank=8, alpha=16, dropout=0.0))
    Run(settings).train()
    return settings


def filled(settings: TrainingSettings, prompter: Prompter, count: int = ROWS) -> TrainingSettings:
    rows = [prompter.translation(pair(number)) for number in range(count)]
    shards.write(settings.shards, rows, 10**6)
    shards.write(settings.evaluation, rows[:3], 10**6)
    shards.write(settings.prompts, [prompter.summary(sentence(1), 0), prompter.headline(sentence(2), 0)], 10**6)
    return settings


def trained(settings: TrainingSettings, *stops: int) -> Run:
    """Returns a run that was stopped after these numbers of steps, and resumed from its checkpoint each time."""
    for stop in stops:
        run = Run(settings)
        run.train(until=stop)
    return run


def epochs(settings: TrainingSettings, count: int, **changes: Any) -> TrainingSettings:
    return dataclasses.replace(settings, train=dataclasses.replace(settings.train, epochs=count, **changes))


def test_the_loss_decreases(prepared: TrainingSettings) -> None:
    run = Run(epochs(prepared, 12))
    rows = run._rows[:8]
    with torch.no_grad():
        before = float(network.loss(run.model.eval(), rows, 0, 16))
    run.train()
    with torch.no_grad():
        after = float(network.loss(run.model.eval(), rows, 0, 16))
    assert run.state.step == run.steps
    assert after < 0.7 * before
    assert run.state.losses[-1][1] < before


def test_only_the_adapter_is_trained_and_it_starts_as_the_base_model(prepared: TrainingSettings) -> None:
    run = Run(prepared)
    names = {name.rpartition(".lora_")[0] for name in network.adapter_parameters(run.model)}
    assert len(names) == 2 * 7
    plain = network.load(prepared.base)
    ids = torch.tensor([run._rows[0].ids])
    torch.testing.assert_close(run.model.eval()(ids).logits, plain(ids).logits)


def test_a_resumed_run_ends_with_the_same_weights(prepared: TrainingSettings, tmp_path: Path) -> None:
    settings = epochs(prepared, 4)
    trained(settings, STEPS)
    shutil.move(settings.checkpoint, tmp_path / "unbroken")
    run = trained(settings, 3, 5, STEPS)
    assert run.state.step == STEPS
    unbroken, stopped = (
        load_file(folder / "adapter.safetensors") for folder in (tmp_path / "unbroken", settings.checkpoint)
    )
    assert unbroken.keys() == stopped.keys()
    for name, tensor in unbroken.items():
        assert torch.equal(tensor, stopped[name]), name


def test_a_time_limit_leaves_a_checkpoint(prepared: TrainingSettings) -> None:
    run = Run(epochs(prepared, 4))
    run.train(seconds=0)
    assert (prepared.checkpoint / "state.json").is_file()
    assert checkpoint.read_state(prepared.checkpoint)["step"] == 0


def test_a_checkpoint_is_not_resumed_with_other_settings(prepared: TrainingSettings) -> None:
    trained(prepared, 1)
    with pytest.raises(ValueError, match=r"different settings \(`train`\)"):
        Run(epochs(prepared, 3))


def test_recomputing_does_not_change_gradients(prepared: TrainingSettings) -> None:
    found = []
    for recompute in (False, True):
        run = Run(epochs(prepared, 1, recompute=recompute))
        run.model.train()
        torch.manual_seed(1)
        mean: Any = network.loss(run.model, run._rows[:4], 0, 7)
        mean.backward()
        found.append({name: parameter.grad for name, parameter in network.adapter_parameters(run.model).items()})
    for name, gradient in found[0].items():
        torch.testing.assert_close(gradient, found[1][name])


def test_the_loss_covers_only_targets_regardless_of_padding(prepared: TrainingSettings) -> None:
    model = network.add_adapter(network.load(prepared.base), prepared).eval()
    rows = [Encoded([5, 6, 7, 8, 9], 3), Encoded([5, 6, 7, 8, 9, 10, 11, 12], 2)]
    sums = 0.0
    for row in rows:
        logits = model(torch.tensor([row.ids])).logits[0].log_softmax(-1).detach()
        sums -= sum(float(logits[at - 1, row.ids[at]]) for at in range(row.prompt, len(row.ids)))
    assert float(network.loss(model, rows, 0, 3).detach()) == pytest.approx(sums / 8, rel=1e-5)


def test_the_learning_rate_schedule() -> None:
    settings = dataclasses.replace(TrainingSettings.read().train, rate=1.0, warmup=0.1, floor=0.1)
    rates = [learning_rate(step, 100, settings) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[99] == pytest.approx(0.1, abs=1e-3)


def test_batches_are_bounded_and_have_each_row_once_per_epoch() -> None:
    lengths = [7 + number * 31 % 90 for number in range(500)]
    made = batches(lengths, 400, 8, 2)
    flat = [row for batch in made for row in batch]
    assert sorted(flat) == sorted([*range(500)] * 2)
    assert max(len(batch) * max(lengths[row] for row in batch) for batch in made) <= 400
    assert made == batches(lengths, 400, 8, 2)
    assert made != batches(lengths, 400, 9, 2)
    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in made)
    assert padded < 1.15 * 2 * sum(lengths)


def test_rehearsal_rows_are_trained_on(prepared: TrainingSettings) -> None:
    settings = dataclasses.replace(prepared, rehearsal=dataclasses.replace(prepared.rehearsal, max_tokens=60))
    counts = rehearse(settings)
    rows = list(shards.read(settings.rehearsal_shards))
    assert sum(counts.values()) == len(rows)
    assert len(Run(settings)._rows) == ROWS + len(rows)
    assert all(row.answer and row.origin == "base" for row in rows)


def test_translations_are_written_with_and_without_the_adapter(learnt: TrainingSettings, tmp_path: Path) -> None:
    settings = learnt
    translate.translate(settings, translate.load_model(settings, base=True), tmp_path / "before.jsonl")
    translate.translate(settings, translate.load_model(settings, base=False), tmp_path / "after.jsonl")
    before, after = ((tmp_path / name).read_text("utf-8").splitlines() for name in ("before.jsonl", "after.jsonl"))
    assert len(before) == len(after) == 3
    assert before != after
    assert french(0) in after[0]


GAIN = {"direction": "en-fr", "origin": "flores-dev", "metric": "bleu", "before": 30.0, "after": 38.04, "low": 6.0,
        "high": 9.9, "signature": "nrefs:1|case:mixed"}  # fmt: skip


@pytest.fixture
def adapted(learnt: TrainingSettings, card: ModelCard, tmp_path: Path) -> ModelCard:
    """The card with the trained adapter, packed and exported."""
    shipping = dataclasses.replace(learnt.shipping, file_bytes=9000)
    pack(dataclasses.replace(learnt, shipping=shipping), tmp_path / "packed")
    export(tmp_path / "packed", learnt, card.revision, tmp_path / "news-1", [GAIN])
    return card.model_copy(update={"adapter": str(tmp_path / "news-1")})


def model_of(settings: TrainingSettings) -> Any:
    """Returns the trained model."""
    model = network.add_adapter(network.load(settings.base), settings).eval()
    checkpoint.load_adapter(settings.checkpoint, model)
    return model


def test_the_exported_adapter_is_the_trained_one(learnt: TrainingSettings, adapted: ModelCard) -> None:
    loaded = network.load(learnt.base)
    found = Adapter.for_card(adapted)
    assert found
    found.merge(loaded)
    ids = torch.tensor([Encoder(learnt.base).encode(list(shards.read(learnt.shards)))[0].ids])
    merged, trained, plain = (
        model(ids).logits.detach() for model in (loaded, model_of(learnt), network.load(learnt.base))
    )
    torch.testing.assert_close(merged, trained, atol=5e-2, rtol=1e-2)  # float16
    assert float((trained - plain).abs().max()) > 1


def test_the_card_records_its_training(learnt: TrainingSettings, adapted: ModelCard) -> None:
    adapter_card = adapter_of(adapted)
    assert adapter_card
    assert len(adapter_card.files) > 1
    assert max(file.size for file in adapter_card.files) < 10_000
    assert adapter_card.settings["train"]["rate"] == learnt.train.rate
    assert adapter_card.settings["training"]["steps"] == checkpoint.read_state(learnt.checkpoint)["step"]
    assert {row.name: row.rows for row in adapter_card.data} == {"news-parallel en-fr": FEW}
    assert "WMT" in adapter_card.notice
    assert (adapter_card.scores[0].before, adapter_card.scores[0].value) == (30.0, 38.0)


@pytest.mark.parametrize("engine", ["ctranslate2", "native", "transformers"])
def test_lede_generates_the_same_as_the_trained_model(
    learnt: TrainingSettings, adapted: ModelCard, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "measure", lambda: kernels.KernelChoice(Bfloat16Linear.name, kernels.machine_id(), {}))
    examples = list(shards.read(learnt.evaluation))
    written = generate(model_of(learnt), Encoder(learnt.base), examples, longest=64, tokens=1024)
    home = tmp_path / "home"
    defaults = {"home": home, "engine": engine, "quantization": "float32", "device": "cpu", "threads": 1}
    if engine != "transformers":
        Store(home).converted_folder(adapted, NATIVE if engine == "native" else "float32")
    loaded = Loader(ModelSettings.model_validate(defaults))(adapted)
    prompts = [render(adapted, loaded.chat, "translate", row.text, source="en", target="fr") for row in examples]
    found = loaded.engine.generate(prompts, Decoding(max_tokens=64))
    assert [(answer.text.strip(), answer.finish == "end") for answer in found] == [
        (answer.text, answer.complete) for answer in written
    ]
    assert found[0].text == french(0)
    loaded.engine.close()


def test_a_gguf_file_is_converted_as_transformers_reads_it(tmp_path: Path) -> None:
    path = test_gguf.write(tmp_path, test_gguf.eight_bits)
    bases.write(path, tmp_path / "base", torch.float32)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name, dtype="float32").state_dict()
    ours = AutoModelForCausalLM.from_pretrained(tmp_path / "base").state_dict()
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name
    plain, made = Tokenizer(tmp_path, gguf=path.name), Tokenizer(tmp_path / "base")
    assert plain.chat("Be brief.", "Rome", {}) == made.chat("Be brief.", "Rome", {})
    assert plain.count("Là-bas, 你好 déjà") == made.count("Là-bas, 你好 déjà")
