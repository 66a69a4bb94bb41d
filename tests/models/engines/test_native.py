"""The native engine on small models of each supported shape: its outputs equal those of transformers at float32."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import ReferenceType, ref

import pytest
import torch

from models.card import ModelCard
from models.conversion.quantize import convert
from models.engines.native import linear
from models.engines.native.cache import LanePool
from models.engines.native.drafts import Drafts
from models.engines.native.engine import NativeEngine
from models.engines.native.prefixes import BLOCK
from models.engines.transformers import TransformersEngine
from models.errors import PromptTooLong
from models.prompts import render
from models.protocol import Decoding, Engine, Hypothesis, Markup, Prompt, Text
from models.tokenizer import FOLDER, Tokenizer
from tests.models import tiny
from tests.models.helpers import RecordedProgress

TEXTS = (
    "The coalition met in Rome.",
    "Forty percent of the territory in Iraq is lost, officials say after the talks.",
    "Là-bas, 你好 déjà",
    "Rome",
)
GREEDY = Decoding(max_tokens=24)


class Exact:
    """Weights as float32 that int8 represents exactly, without other rounding: what remains is the forward pass."""

    def __init__(self, weight: torch.Tensor, scale: torch.Tensor) -> None:
        self._weight = weight.float() * scale[:, None]

    def __call__(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x @ self._weight.t(), torch.ones(1)


@dataclass(frozen=True)
class Bench:
    card: ModelCard
    folder: Path
    tokenizer: Tokenizer
    prompts: list[Prompt]
    reference: Engine

    def engine(self, kernel: str = "exact", **options: Any) -> NativeEngine:
        return NativeEngine(
            self.folder, self.tokenizer, window=self.card.window, kernel=kernel, cost=lambda _tokens: 1.0, **options
        )


def rounded(model: Any) -> None:
    """Rounds every matrix to values that int8 rows with a scale represent exactly."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                scale = parameter.abs().amax(1, keepdim=True) / 127
                parameter.copy_((parameter / scale).round() * scale)


@pytest.fixture(scope="module", params=["qwen2", "llama", "gemma3"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(linear.KERNELS, "exact", Exact)
        yield build(request.param, tmp_path_factory.mktemp("tiny"), patch)


def build(name: str, root: Path, patch: pytest.MonkeyPatch, **options: Any) -> Bench:
    kind = next(kind for kind in tiny.ALL if kind.name == name)
    source, folder = root / "source", root / "native"
    source.mkdir()
    kind.build(source, **options)
    card = kind.card(source)
    convert(card, source, folder, RecordedProgress())
    tokenizer = Tokenizer(folder / FOLDER, stop_tokens=tuple(kind.prompt.get("stop_tokens", ())))
    reference = TransformersEngine(
        source, tokenizer, decoder_only=True, window=card.window, device="cpu", dtype="float32"
    )
    rounded(reference._model)
    prompts = [render(card, tokenizer.chat, "translate", text, source="en", target="fr") for text in TEXTS]
    return Bench(card, folder, tokenizer, prompts, reference)


def written(answers: list[Hypothesis]) -> list[tuple[str, int, str]]:
    return [(answer.text, answer.tokens, answer.finish) for answer in answers]


DECODINGS = {
    "greedy": GREEDY,
    "penalty": GREEDY.replace(repetition_penalty=1.4),
    "nothing twice": GREEDY.replace(no_repeat_ngram=2),
    "banned": GREEDY.replace(banned=("e", "s", "ee", "on the")),
    "beams": GREEDY.replace(beam_size=3),
    "banned beams": GREEDY.replace(beam_size=2, banned=("e", "s")),
    "short beams": GREEDY.replace(beam_size=4, length_penalty=0.5, no_repeat_ngram=2),
    "penalized beams": GREEDY.replace(beam_size=3, repetition_penalty=1.3),
}


@pytest.mark.parametrize("options", DECODINGS)
def test_it_generates_the_same_as_transformers(bench: Bench, options: str) -> None:
    hypotheses = bench.engine().generate(bench.prompts, DECODINGS[options])
    expected = bench.reference.generate(bench.prompts, DECODINGS[options])
    assert written(hypotheses) == written(expected)
    assert [answer.score for answer in hypotheses] == pytest.approx([answer.score for answer in expected], abs=2e-3)


def test_sampling_from_one_token_is_greedy(bench: Bench) -> None:
    drawn = bench.engine().generate(bench.prompts, GREEDY.replace(temperature=0.8, top_k=1))
    assert written(drawn) == written(bench.engine().generate(bench.prompts, GREEDY))


def test_a_row_is_independent_of_other_rows(bench: Bench) -> None:
    engine = bench.engine()
    alone = [engine.generate([prompt], GREEDY)[0] for prompt in bench.prompts]
    assert written(bench.engine().generate(bench.prompts, GREEDY)) == written(alone)


def test_rows_join_and_leave_between_steps(bench: Bench) -> None:
    expected = bench.engine().generate(bench.prompts, GREEDY)
    engine, hypotheses, texts = bench.engine(), dict[int, Hypothesis](), dict.fromkeys(range(4), "")
    engine.join(0, bench.prompts[0], GREEDY)
    engine.join(3, bench.prompts[3], GREEDY)
    for step in range(60):
        if step == 2:
            engine.leave(3)
            engine.leave(3)
            engine.join(1, bench.prompts[1], GREEDY)
        if step == 4:
            engine.join(2, bench.prompts[2], GREEDY.replace(beam_size=1))
        for output in engine.step():
            assert output.key != 3 or step < 2
            texts[output.key] += output.text
            if isinstance(output.hypothesis, Hypothesis):
                hypotheses[output.key] = output.hypothesis
    assert engine.rows == 0
    assert written([hypotheses[key] for key in range(3)]) == written(expected[:3])
    assert [texts[key] for key in range(3)] == [answer.text for answer in expected[:3]]


def test_a_row_is_unaffected_when_another_leaves(bench: Bench) -> None:
    expected = bench.engine().generate(bench.prompts, GREEDY)
    engine = bench.engine()
    for key in (0, 3):
        engine.join(key, bench.prompts[key], GREEDY)
    steps = [engine.step() for _ in range(3)]
    engine.leave(0)
    while engine.rows:
        steps.append(engine.step())
    ended = [one.hypothesis for step in steps for one in step if one.key and isinstance(one.hypothesis, Hypothesis)]
    assert written(ended) == written([expected[3]])


def test_a_long_prompt_is_read_in_chunks_and_a_too_long_one_is_rejected(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = written(bench.engine().generate(bench.prompts, GREEDY))
    monkeypatch.setattr("models.engines.native.engine.PREFILL_TOKENS", 7)
    monkeypatch.setattr("models.engines.native.engine.SHARED_PREFILL_TOKENS", 3)
    assert written(bench.engine().generate(bench.prompts, GREEDY)) == expected
    with pytest.raises(PromptTooLong, match=f"window is {tiny.WINDOW}"):
        bench.engine().join(0, Prompt((Text("Rome " * tiny.WINDOW),)), GREEDY)


def test_rows_wait_for_kv_cache_space(bench: Bench) -> None:
    engine = bench.engine(kv_cache_bytes=1)
    assert written(engine.generate(bench.prompts, GREEDY)) == written(bench.engine().generate(bench.prompts, GREEDY))


def test_an_ended_row_frees_its_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[ReferenceType[LanePool]] = []

    class Watched(LanePool):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            pools.append(ref(self))

    monkeypatch.setattr("models.engines.native.cache.LanePool", Watched)
    engine = bench.engine()
    gc.disable()  # must not depend on garbage collection: the pool of a long article is half a gigabyte
    try:
        engine.generate(bench.prompts, GREEDY)
        engine.generate(bench.prompts[:1], GREEDY.replace(beam_size=2), lambda _index, _text: True)
        left = [pool() for pool in pools]
    finally:
        gc.enable()
    assert left
    assert left == [None] * len(left)


def test_a_common_prefix_is_read_once(bench: Bench) -> None:
    engine = bench.engine()
    first = engine.generate(bench.prompts[:1], GREEDY)
    again = engine.generate(bench.prompts[:1], GREEDY)
    assert written(again) == written(first)
    assert first[0].cached_tokens == 0
    assert again[0].cached_tokens >= BLOCK
    forgetful = bench.engine(prefix_cache_bytes=1).generate(bench.prompts[:1] * 2, GREEDY)
    assert written(forgetful) == written(first * 2)
    assert [answer.cached_tokens for answer in forgetful] == [0, 0]


def test_a_row_waits_for_a_prefix_that_is_being_read(bench: Bench) -> None:
    engine = bench.engine()
    answers = engine.generate(bench.prompts[:1] * 3, GREEDY)
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.cached_tokens for answer in answers) >= 2 * BLOCK


def test_a_stop_ends_only_its_row(bench: Bench) -> None:
    expected = bench.engine().generate(bench.prompts, GREEDY)
    calls = dict.fromkeys(range(4), 0)

    def listen(index: int, _text: str) -> bool:
        calls[index] += 1
        return index == 1 and calls[1] == 3

    hypotheses = bench.engine().generate(bench.prompts, GREEDY, listen)
    assert (hypotheses[1].finish, hypotheses[1].tokens, calls[1]) == ("stopped", 3, 3)
    assert written(hypotheses[:1] + hypotheses[2:]) == written(expected[:1] + expected[2:])


def test_beams_stop_between_steps(bench: Bench) -> None:
    (hypotheses,) = bench.engine().generate(bench.prompts[:1], GREEDY.replace(beam_size=3), lambda _index, _text: True)
    assert (hypotheses.finish, hypotheses.tokens) == ("stopped", 1)


def test_an_error_ends_every_row(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = bench.engine()
    engine.join(0, bench.prompts[0], GREEDY)
    with monkeypatch.context() as patch:
        patch.setattr("models.engines.native.engine.choose", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            engine.step()
    assert (engine.rows, engine.step()) == (0, [])
    assert engine.generate(bench.prompts[:1], GREEDY)[0].tokens > 0


def test_drafts_do_not_change_the_output(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts: list[int] = []
    prompt = Prompt((Markup("Rome Rome Rome Rome Rome Rome Rome Rome Rome Rome Rome Rome"),))
    drafted = bench.engine().generate([prompt, *bench.prompts], GREEDY)
    propose = Drafts.propose

    def watch(self: Drafts, writers: int, read: int) -> list[int]:
        drafts.append(len(propose(self, writers, read)))
        return []

    monkeypatch.setattr(Drafts, "propose", watch)
    assert written(drafted) == written(bench.engine().generate([prompt, *bench.prompts], GREEDY))
    assert max(drafts) > 0
