"""Products, chunks, shortlists and word alignments."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.engines.marian.alignment import align
from models.engines.marian.chunks import join, split
from models.engines.marian.products import (
    AffineWeight,
    ConcatenatedProducts,
    FbgemmProduct,
    FloatProduct,
    has_fbgemm,
    product,
)
from models.engines.marian.shortlist import Shortlist
from tests.models.engines.marian import student


def weight(*, alpha: float = 20.0, largest: int = 63) -> AffineWeight:
    codes = torch.randint(-largest, largest + 1, (48, 32), dtype=torch.int8)
    return AffineWeight(codes, 0.01, alpha, torch.randn(48))


@pytest.mark.skipif(not has_fbgemm(), reason="FBGEMM requires x86")
@pytest.mark.parametrize("relu", [False, True])
def test_fbgemm_and_float_products_agree(monkeypatch: pytest.MonkeyPatch, *, relu: bool) -> None:
    # Weights of 7 bits: with 8 the sums of two products may saturate, in FBGEMM as in Marian.
    weights, x = [weight(), weight()], torch.randn(7, 32) * 4  # some values exceed the largest code
    packed = product(weights, "cpu", relu=relu)
    monkeypatch.setattr("models.engines.marian.products.has_fbgemm", lambda: False)
    floats = product(weights, "cpu", relu=relu)
    assert isinstance(packed, FbgemmProduct)
    assert isinstance(floats, FloatProduct)
    torch.testing.assert_close(packed(x), floats(x), rtol=1e-5, atol=1e-5)
    assert packed(x).shape == (7, 96)


def test_weights_with_different_activation_multipliers_are_multiplied_separately() -> None:
    first, second, x = weight(alpha=20.0), weight(alpha=30.0), torch.randn(3, 32)
    separate = product([first, second], "cpu")
    assert isinstance(separate, ConcatenatedProducts)
    torch.testing.assert_close(separate(x), torch.cat([product([one], "cpu")(x) for one in (first, second)], 1))


def spans(text: str) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First one. Second one is here", ["First one. ", "Second one is ", "here"]),
        ("abcdefgh, ijkl mnop qrst", ["abcdefgh, ", "ijkl mnop qrst"]),
        ("x" * 40, ["x" * 15, "x" * 15, "x" * 10]),
        ("人人生而自由，在尊严和权利上一律平等。他们", ["人人生而自由，", "在尊严和权利上一律平等。他们"]),
        ("short", ["short"]),
    ],
)
def test_a_long_text_is_split_at_the_best_breaks_without_loss(text: str, expected: list[str]) -> None:
    chunks = [text[start:end] for start, end in split(text, spans(text), 15)]
    assert "".join(chunks) == text
    assert [chunk.strip() for chunk in chunks] == [chunk.strip() for chunk in expected]


def test_translations_of_chunks_are_joined_with_a_space_in_scripts_that_use_spaces() -> None:
    assert join("", "One") == "One"
    assert join("One.", "Two") == "One. Two"
    assert join("一。", "二") == "一。二"
    assert join("One ", "two") == "One two"


def test_a_shortlist_has_translations_frequent_words_and_source_words(tmp_path: Path) -> None:
    path = tmp_path / "lex.bin"
    path.write_bytes(student.shortlist(30, 100, first=5, best=3))
    separate = np.flatnonzero(Shortlist(path, words=100, shared=False).allowed([7, 7, 20]))
    shared = np.flatnonzero(Shortlist(path, words=100, shared=True).allowed([7, 7, 20]))
    assert set(range(5)) <= set(separate)
    assert len(separate) % 8 == len(shared) % 8 == 0
    assert {7, 20} <= set(shared)
    assert len(separate) == 16  # 5, and 3 for each of two words, padded


def test_alignments_are_of_whole_words() -> None:
    source, target = "ab c", "x yz"
    attention = [
        torch.tensor([0.1, 0.1, 0.7, 0.1]),
        torch.tensor([0.4, 0.2, 0.3, 0.1]),
        torch.tensor([0.3, 0.4, 0.2, 0.1]),
    ]
    first, second = align(source, [(0, 1), (1, 2), (2, 4)], target, [(0, 1), (1, 3), (3, 4)], attention)
    assert (source[slice(*first.source)], target[slice(*first.target)]) == ("c", "x")
    assert (source[slice(*second.source)], target[slice(*second.target)]) == ("ab", "yz")
    assert second.share == pytest.approx(1.3 / 1.8)
