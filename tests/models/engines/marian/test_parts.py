"""Parts of the engine by themselves: products, pieces, the shortlist, links."""

from pathlib import Path

import numpy as np
import pytest
import torch

from models.engines.marian.links import links
from models.engines.marian.pieces import cuts, joined
from models.engines.marian.products import Apart, Packed, Weight, Wide, has_fbgemm, product
from models.engines.marian.shortlist import Shortlist
from tests.models.engines.marian import student


def weight(*, alpha: float = 20.0, largest: int = 63) -> Weight:
    codes = torch.randint(-largest, largest + 1, (48, 32), dtype=torch.int8)
    return Weight(codes, 0.01, alpha, torch.randn(48))


@pytest.mark.skipif(not has_fbgemm(), reason="FBGEMM is for x86")
@pytest.mark.parametrize("relu", [False, True])
def test_fbgemm_and_float_products_of_whole_numbers_agree(monkeypatch: pytest.MonkeyPatch, *, relu: bool) -> None:
    # Weights of 7 bits: with 8 the sums of two products may saturate, in FBGEMM as in Marian.
    weights, x = [weight(), weight()], torch.randn(7, 32) * 4  # some beyond the largest code
    packed = product(weights, "cpu", relu=relu)
    monkeypatch.setattr("models.engines.marian.products.has_fbgemm", lambda: False)
    wide = product(weights, "cpu", relu=relu)
    assert isinstance(packed, Packed)
    assert isinstance(wide, Wide)
    torch.testing.assert_close(packed(x), wide(x), rtol=1e-5, atol=1e-5)
    assert packed(x).shape == (7, 96)


def test_weights_that_round_activations_in_different_ways_stay_apart() -> None:
    first, second, x = weight(alpha=20.0), weight(alpha=30.0), torch.randn(3, 32)
    apart = product([first, second], "cpu")
    assert isinstance(apart, Apart)
    torch.testing.assert_close(apart(x), torch.cat([product([one], "cpu")(x) for one in (first, second)], 1))


def spans(text: str) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(text))]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("First one. Second one is here", ["First one. ", "Second one is ", "here"]),
        ("abcdefgh, ijkl mnop qrst", ["abcdefgh, ", "ijkl mnop qrst"]),
        ("x" * 40, ["x" * 15, "x" * 15, "x" * 10]),
        ("人人生而自由，在尊严和权利上一律平等。他们", ["人人生而自由，", "在尊严和权利上一律平等。他们"]),
        ("short", ["short"]),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least_and_nothing_is_lost(text: str, ends: list[str]) -> None:
    found = [text[start:end] for start, end in cuts(text, spans(text), 15)]
    assert "".join(found) == text
    assert [piece.strip() for piece in found] == [piece.strip() for piece in ends]


def test_translations_of_pieces_are_joined_as_their_script_does() -> None:
    assert joined("", "One") == "One"
    assert joined("One.", "Two") == "One. Two"
    assert joined("一。", "二") == "一。二"
    assert joined("One ", "two") == "One two"


def test_a_shortlist_names_the_translations_the_commonest_words_and_the_source(tmp_path: Path) -> None:
    path = tmp_path / "lex.bin"
    path.write_bytes(student.shortlist(30, 100, first=5, best=3))
    apart = np.flatnonzero(Shortlist(path, words=100, shared=False).flags([7, 7, 20]))
    shared = np.flatnonzero(Shortlist(path, words=100, shared=True).flags([7, 7, 20]))
    assert set(range(5)) <= set(apart)
    assert len(apart) % 8 == len(shared) % 8 == 0
    assert {7, 20} <= set(shared)
    assert len(apart) == 16  # 5, and 3 each of two words, filled up


def test_links_are_of_whole_words() -> None:
    source, target = "ab c", "x yz"
    looks = [torch.tensor([0.1, 0.1, 0.7, 0.1]), torch.tensor([0.4, 0.2, 0.3, 0.1]), torch.tensor([0.3, 0.4, 0.2, 0.1])]
    first, second = links(source, [(0, 1), (1, 2), (2, 4)], target, [(0, 1), (1, 3), (3, 4)], looks)
    assert (source[slice(*first.source)], target[slice(*first.target)]) == ("c", "x")
    assert (source[slice(*second.source)], target[slice(*second.target)]) == ("ab", "yz")
    assert second.share == pytest.approx(1.3 / 1.8)
