"""Kernels, their choice, the caches, drafts and sampling of the native engine."""

import json
import math
import time
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest
import torch

from models.conversion.quantize import quantize
from models.engines.native import kernels
from models.engines.native.cache import INITIAL_SLOTS, KVCache
from models.engines.native.choosing import MAX_CANDIDATES, Selection, choose
from models.engines.native.drafts import MAX_DRAFT, Drafts
from models.engines.native.kernels import KernelChoice, load_choice, machine_id
from models.engines.native.linear import KERNELS, FbgemmLinear, IntMmLinear, OneDnnLinear
from models.engines.native.prefixes import BLOCK, PrefixCache
from models.engines.native.shape import DecoderShape
from models.protocol import Decoding

SHAPE = DecoderShape(
    heads=4, key_heads=2, head_size=8, epsilon=1e-6, activation="silu", embedding_scale=1.0, attention_scale=1.0,
    sliding=(0, 0), rotary=(0, 0),
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(KERNELS))
@pytest.mark.parametrize("rows", [1, 5, 40])
@pytest.mark.parametrize("inputs", [64, 24])
def test_each_kernel_matches_float32(name: str, rows: int, inputs: int) -> None:
    if name == "onednn" and OneDnnLinear not in kernels.correct_kernels():
        pytest.skip("without VNNI, oneDNN's sums overflow here, and it is not chosen")
    generator = torch.Generator().manual_seed(3)
    weight = torch.randn(96, inputs, generator=generator)
    x = torch.randn(rows, inputs, generator=generator)
    x[0] *= 100  # an outlier does not reduce the precision of other rows
    product, factor = KERNELS[name](*quantize(weight))(x)
    expected = x @ weight.t()
    assert ((product * factor - expected).norm(dim=1) / expected.norm(dim=1)).max() < 0.02


@pytest.mark.parametrize(("tokens", "room"), [(1, 128), (129, 256), (1024, 1024), (1025, 2048), (4600, 5120)])
def test_a_lane_has_little_unused_capacity(tokens: int, room: int) -> None:
    assert KVCache(SHAPE, 10**9).add(tokens).view.shape[2] == room


def test_new_lanes_do_not_move_existing_ones() -> None:
    cache = KVCache(SHAPE, 10**9)
    lane = cache.add(10)
    place = lane.view.data_ptr()
    others = [cache.add(10) for _ in range(INITIAL_SLOTS - 1)]
    assert lane.view.data_ptr() == place
    lane.view[:, :, :5] = 7
    lane.length = 5
    assert cache.add(10).slot == len(others) + 1  # one more than the initial slots
    assert lane.view.data_ptr() != place
    assert (lane.view[:, :, :5] == 7).all()


def test_memory_is_counted_by_maximum_length() -> None:
    a_token = 2 * SHAPE.layers * SHAPE.key_heads * SHAPE.head_size * 4
    cache = KVCache(SHAPE, 300 * a_token)
    assert cache.add(130).view.shape[2] == 256
    assert cache.fits(170)
    assert not cache.fits(171)
    cache.add(130)
    assert not cache.fits(130)


def test_zero_stays_zero() -> None:
    product, factor = KERNELS["onednn"](*quantize(torch.zeros(8, 8)))(torch.zeros(2, 8))
    assert (product * factor == 0).all()


def test_the_choice_is_stored_and_measured_again_on_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "OUTPUTS", 64)
    kernels.save_choice(tmp_path)
    content = json.loads((tmp_path / kernels.FILE).read_text("utf-8"))
    assert content["kernel"] in content["milliseconds"]
    assert content["machine"] == machine_id()
    choice = KernelChoice(**content)
    (one, four, *_) = content["milliseconds"][choice.kernel]
    assert choice.cost(1) == one
    assert min(one, four) <= choice.cost(3) <= max(one, four)
    assert KernelChoice("bfloat16", "", {}).cost(9) == 1.0
    slow = KernelChoice("weight_only", machine_id(), {})
    (tmp_path / kernels.FILE).write_text(json.dumps(asdict(slow)), "utf-8")
    assert load_choice(tmp_path, "cpu") == slow
    (tmp_path / kernels.FILE).write_text(json.dumps(asdict(slow) | {"machine": "another"}), "utf-8")
    assert load_choice(tmp_path, "cpu").machine == machine_id()
    (tmp_path / kernels.FILE).unlink()
    assert load_choice(tmp_path, "cpu").milliseconds
    assert load_choice(tmp_path, "cuda").kernel == "bfloat16"


def test_an_incorrect_kernel_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "OUTPUTS", 64)
    product = torch._int_mm
    monkeypatch.setattr(torch, "_int_mm", lambda x, weight: product(x, weight).clamp(max=2**15))

    def missing(*_: object) -> None:
        raise NotImplementedError

    for kernel in (OneDnnLinear, FbgemmLinear):
        monkeypatch.setattr(kernel, "__init__", missing)
    assert list(kernels.measure().milliseconds) == ["weight_only"]


def test_a_slow_kernel_is_not_measured_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "OUTPUTS", 64)
    rows: list[int] = []
    multiply = IntMmLinear.__call__

    def slow(kernel: IntMmLinear, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        rows.append(len(x))
        time.sleep(0.02)
        return multiply(kernel, x)

    monkeypatch.setattr(IntMmLinear, "__call__", slow)
    assert "int_mm" not in kernels.measure().milliseconds
    assert 256 not in rows


def test_sums_of_two_products_do_not_overflow_sixteen_bits() -> None:
    product, factor = KERNELS["fbgemm"](torch.full((8, 64), 127, dtype=torch.int8), torch.ones(8))(torch.ones(2, 64))
    assert torch.allclose(product * factor, torch.full((2, 8), 127.0 * 64), rtol=1e-3)


def test_the_prefix_cache_evicts_the_least_recently_used_blocks() -> None:
    cache = KVCache(SHAPE, 10**9)
    lane = cache.add(8 * BLOCK)
    lane.view.normal_()
    lane.length = 3 * BLOCK
    one, other = list(range(3 * BLOCK)), list(range(100, 100 + 2 * BLOCK))
    size = 2 * 2 * BLOCK * 2 * 8 * 4
    prefixes = PrefixCache(4 * size)
    prefixes.store(lane, one)
    assert [
        prefixes.cached_tokens([*one, 7]),
        prefixes.cached_tokens(one),
        prefixes.cached_tokens(one[: BLOCK + 4]),
    ] == [
        3 * BLOCK,
        2 * BLOCK,
        BLOCK,
    ]
    filled = cache.add(8 * BLOCK)
    prefixes.restore(filled, [*one, 7])
    assert filled.length == 3 * BLOCK
    assert torch.equal(filled.view[:, :, : 3 * BLOCK], lane.view[:, :, : 3 * BLOCK])
    prefixes.store(lane, other)
    assert [prefixes.cached_tokens([*one, 7]), prefixes.cached_tokens([*other, 7])] == [2 * BLOCK, 2 * BLOCK]


def test_a_dropped_lane_leaves_no_hole() -> None:
    cache = KVCache(SHAPE, 10**9)
    lanes = [cache.add(10) for _ in range(3)]
    for number, lane in enumerate(lanes):
        lane.view[:, :, :5] = number
        lane.length = 5
    cache.drop(lanes[0])
    assert {lane.slot for lane in lanes[1:]} == {0, 1}
    assert [float(lane.view[0, 0, 0, 0, 0]) for lane in lanes[1:]] == [1, 2]
    for lane in lanes[1:]:
        cache.drop(lane)
    assert cache.is_empty


def test_drafts_repeat_earlier_continuations_while_worthwhile() -> None:
    drafts = Drafts([1, 2, 3, 4, 5, 6, 1, 2, 3], lambda tokens: 1 + 0.03 * tokens)
    assert drafts.propose(1, 0) == [4, 5, 6, 1, 2, 3][:MAX_DRAFT]
    assert drafts.propose(16, 0) == [4]
    assert drafts.propose(32, 0) == []
    assert drafts.propose(1, 64) == []  # this many prompt tokens already use the processor fully
    assert Drafts([1, 2, 3, 4, 1, 2, 3], float).propose(1, 0) == []  # each token costs as much as the first
    drafts.observe([4, 5])
    assert drafts.rate > 0.5
    drafts.observe([1, 2, 3])
    for wrong in range(20):
        drafts.observe([100 + wrong, 1, 2, 3])
    assert drafts.rate < 0.01
    assert drafts.propose(1, 0) == []


def test_samples_follow_the_probabilities_and_limits() -> None:
    likely = torch.tensor([0.5, 0.3, 0.15, 0.05])
    decoding = Decoding(temperature=1.0)

    def sample(decoding: Decoding) -> list[float]:
        selections = [Selection(decoding, [], Random(seed)) for seed in range(4000)]
        tokens = [token for token, _ in choose(likely.log().repeat(4000, 1), selections)]
        return [tokens.count(token) / 4000 for token in range(4)]

    assert sample(decoding) == pytest.approx(likely.tolist(), abs=0.04)
    assert sample(decoding.replace(top_k=2)) == pytest.approx([0.625, 0.375, 0, 0], abs=0.04)
    assert sample(decoding.replace(top_p=0.7)) == pytest.approx([0.625, 0.375, 0, 0], abs=0.04)
    cold = [math.exp(2 * math.log(odds)) for odds in likely.tolist()]
    assert sample(decoding.replace(temperature=0.5)) == pytest.approx([odds / sum(cold) for odds in cold], abs=0.04)


def test_only_the_likeliest_tokens_of_a_large_vocabulary_are_sampled() -> None:
    logits = torch.linspace(0, 1, 2 * MAX_CANDIDATES).repeat(500, 1)
    sampled = [
        token for token, _ in choose(logits, [Selection(Decoding(temperature=1.0), [], Random(n)) for n in range(500)])
    ]
    assert min(sampled) >= MAX_CANDIDATES
    assert len(set(sampled)) > 100
