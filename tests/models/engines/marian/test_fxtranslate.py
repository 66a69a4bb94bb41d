"""Agreement with Mozilla's own engine, token for token, in 20 languages, on models with random weights."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from models.engines.marian.batch import encode_batch
from models.engines.marian.engine import MarianEngine
from models.protocol import Decoding, Prompt, Text
from tests.models.engines.marian import oracle, student
from tests.models.engines.marian.languages import TEXTS, sentences
from tests.models.engines.marian.student import Student

pytest.importorskip("fxtranslate")

WORDS = 1200

MAX_GAP = {True: 0.1, False: 1e-3}
"""Where translations diverge, the logits of the two tokens differ by less than this, in int8 and float32 networks.

Typical gaps between the two best tokens are near 1. A rounding difference of 1e-7 may change an int8 code, which
changes logits by hundredths.
"""

IDENTICAL = 0.9, 0.75
"""Minimum share of identical translations, with two and with four decoder layers: rounding differences add up."""


@pytest.fixture(scope="module")
def shared() -> bytes:
    return student.vocabulary(TEXTS.values(), WORDS)


@pytest.fixture(scope="module")
def split() -> tuple[bytes, bytes]:
    texts = list(TEXTS.values())
    return student.vocabulary(texts[::2], WORDS // 2), student.vocabulary(texts[1::2], WORDS)


@pytest.mark.parametrize(("make", "int8", "each"), [
    (Student.tiny, True, 10), (Student.tiny, False, 1), (Student.base, True, 2), (Student.base_memory, True, 2),
])  # fmt: skip
def test_one_vocabulary_for_both_languages(make: Any, each: int, shared: bytes, tmp_path: Path, *, int8: bool) -> None:
    size = student.vocabulary_size(shared)
    shortlist = student.shortlist(size, size, best=10)
    student.write(tmp_path, make(size, int8=int8, gain=1.0, end=2.5), {"vocab": shared}, shortlist)
    assert_agreement(tmp_path, sentences(each), MAX_GAP[int8], IDENTICAL[make == Student.base_memory])


@pytest.mark.parametrize("make", [Student.tiny, Student.base_memory])
def test_a_vocabulary_for_each_language(make: Any, split: tuple[bytes, bytes], tmp_path: Path) -> None:
    source, target = map(student.vocabulary_size, split)
    shortlist = student.shortlist(source, target, best=10)
    vocabularies = dict(zip(("srcvocab", "trgvocab"), split, strict=True))
    student.write(tmp_path, make(target, source=source, gain=1.0, end=2.5), vocabularies, shortlist)
    assert_agreement(tmp_path, sentences(2), identical=IDENTICAL[make == Student.base_memory])


def test_the_whole_vocabulary_without_a_shortlist(shared: bytes, tmp_path: Path) -> None:
    student.write(tmp_path, Student.tiny(student.vocabulary_size(shared), gain=1.0, end=2.5), {"vocab": shared})
    assert_agreement(tmp_path, sentences(1))


def assert_agreement(
    folder: Path, texts: Sequence[str], max_gap: float = MAX_GAP[True], identical: float = IDENTICAL[0]
) -> None:
    """Asserts that translations are identical, except where the logits of two tokens were nearly equal."""
    engine = MarianEngine(folder, window=512)
    expected = oracle.translate(folder, texts)
    hypotheses = engine.generate([Prompt((Text(text),)) for text in texts], Decoding(max_tokens=1000))
    divergent = [
        (text, reference)
        for text, reference, hypothesis in zip(texts, expected, hypotheses, strict=True)
        if decode_bytes(reference) != hypothesis.text
    ]
    gaps = [ForcedDecoder(engine).gap(text, reference) for text, reference in divergent]
    assert max(gaps, default=0.0) < max_gap
    assert len(texts) - len(divergent) >= identical * len(texts)
    assert len({hypothesis.text for hypothesis in hypotheses}) >= 5  # the translations depend on the source


def decode_bytes(text: str) -> str:
    """Returns the reference translation with its byte tokens decoded."""
    parts = re.split(r"<0x([0-9A-F]{2})>", text)
    return b"".join(bytes([int(part, 16)]) if at % 2 else part.encode() for at, part in enumerate(parts)).decode(
        "utf-8", "replace"
    )


class ForcedDecoder:
    """Decodes a reference translation with the engine's network, one token at a time."""

    def __init__(self, engine: MarianEngine) -> None:
        self._engine: Any = engine

    @torch.inference_mode()
    def gap(self, text: str, reference: str) -> float:
        """Returns the best logit minus the reference token's at the first divergence, or 0 without a divergence."""
        engine = self._engine
        ids = [*engine._source.ids(text), engine._source.end]
        batch = encode_batch(engine._network, engine._full_output, engine._shortlist, [ids], engine._target.unknown)
        states, last, rest = engine._network.start(1), None, f" {reference}"
        for position in range(2 * len(ids) + 4):
            hidden, states, _ = engine._network.decode(last, position, states, batch.encoded)
            logits = batch.logits(hidden)[0]
            best = int(batch.words[logits.argmax()])
            piece = self._piece(best)
            if best == engine._target.end and not rest.strip():
                return 0.0
            if best == engine._target.end or not self._begins(rest, piece, position):
                candidates = [
                    column
                    for column, word in enumerate(batch.words.tolist())
                    if self._begins(rest, self._piece(word), position)
                ]
                return float(logits.max() - logits[candidates].max())
            rest = rest[len(piece) :] if rest.startswith(piece) else rest[1 + len(piece) :]
            last = torch.tensor([best])
        assert not rest.strip(), "the reference is longer"
        return 0.0

    def _piece(self, word: int) -> str:
        processor = self._engine._target._processor
        return str(processor.id_to_piece(word)).replace("\u2581", " ") if word != self._engine._target.end else ""

    def _begins(self, rest: str, piece: str, position: int) -> bool:
        if not piece:
            return not rest.strip()
        return rest.startswith(piece) or (position == 0 and rest[1:].startswith(piece))
