"""Token for token what Mozilla's own engine writes: 200 sentences of 20 languages, on models with random weights."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from models.engines.marian.batch import batch_of
from models.engines.marian.engine import MarianEngine
from models.protocol import Decoding, Prompt, Text
from tests.models.engines.marian import oracle, student
from tests.models.engines.marian.languages import TEXTS, sentences
from tests.models.engines.marian.student import Student

pytest.importorskip("fxtranslate")

WORDS = 1200

CLOSE = {True: 0.1, False: 1e-3}
"""Of logits, which differ by about 1: two words are as good as one another. In an int8 network a code that is rounded
another way, for 1e-7 of its number, changes them by hundredths."""

IDENTICAL = 0.9, 0.75
"""Minimum share of identical translations, with two decoder layers and with four: rounding differences add up."""


@pytest.fixture(scope="module")
def shared() -> bytes:
    return student.vocabulary(TEXTS.values(), WORDS)


@pytest.fixture(scope="module")
def split() -> tuple[bytes, bytes]:
    texts = list(TEXTS.values())
    return student.vocabulary(texts[::2], WORDS // 2), student.vocabulary(texts[1::2], WORDS)


@pytest.mark.parametrize(("make", "int8", "each"), [
    (Student.tiny, True, 10), (Student.tiny, False, 2), (Student.base, True, 2), (Student.base_memory, True, 2),
])  # fmt: skip
def test_one_vocabulary_for_both_languages(make: Any, each: int, shared: bytes, tmp_path: Path, *, int8: bool) -> None:
    size = student.pieces(shared)
    lexical = student.shortlist(size, size, best=10)
    student.write(tmp_path, make(size, int8=int8, gain=1.0, end=2.5), {"vocab": shared}, lexical)
    same(tmp_path, sentences(each), CLOSE[int8], IDENTICAL[make == Student.base_memory])


@pytest.mark.parametrize("make", [Student.tiny, Student.base_memory])
def test_a_vocabulary_for_each_language(make: Any, split: tuple[bytes, bytes], tmp_path: Path) -> None:
    source, target = map(student.pieces, split)
    lexical = student.shortlist(source, target, best=10)
    vocabularies = dict(zip(("srcvocab", "trgvocab"), split, strict=True))
    student.write(tmp_path, make(target, source=source, gain=1.0, end=2.5), vocabularies, lexical)
    same(tmp_path, sentences(2), identical=IDENTICAL[make == Student.base_memory])


def test_all_words_without_a_shortlist(shared: bytes, tmp_path: Path) -> None:
    student.write(tmp_path, Student.tiny(student.pieces(shared), gain=1.0, end=2.5), {"vocab": shared})
    same(tmp_path, sentences(1))


def same(folder: Path, texts: Sequence[str], close: float = CLOSE[True], identical: float = IDENTICAL[0]) -> None:
    """Each translation is the same, but where two words were as good as one another."""
    engine = MarianEngine(folder, window=512)
    wanted = oracle.translated(folder, texts)
    answers = engine.generate([Prompt((Text(text),)) for text in texts], Decoding(max_tokens=1000))
    others = [
        (text, want) for text, want, answer in zip(texts, wanted, answers, strict=True) if spelt(want) != answer.text
    ]
    worse = [Writer(engine).follow(text, want) for text, want in others]
    assert max(worse, default=0.0) < close
    assert len(texts) - len(others) >= identical * len(texts)
    assert len({answer.text for answer in answers}) >= 5  # the model does not write the same for every source


def spelt(text: str) -> str:
    """The oracle's translation, its bytes put together again."""
    parts = re.split(r"<0x([0-9A-F]{2})>", text)
    return b"".join(bytes([int(part, 16)]) if at % 2 else part.encode() for at, part in enumerate(parts)).decode(
        "utf-8", "replace"
    )


class Writer:
    """Follows a translation of the oracle's with the engine's network, a word at a time."""

    def __init__(self, engine: MarianEngine) -> None:
        self._engine: Any = engine

    @torch.inference_mode()
    def follow(self, text: str, want: str) -> float:
        """How much worse the oracle's word is where the network writes another, in logits; 0 where it does nowhere."""
        engine = self._engine
        ids = [*engine._source.ids(text), engine._source.end]
        batch = batch_of(engine._network, engine._whole, engine._shortlist, [ids], engine._target.unknown)
        states, last, rest = engine._network.start(1), None, f" {want}"
        for position in range(2 * len(ids) + 4):
            hidden, states, _ = engine._network.write(last, position, states, batch.memory)
            logits = batch.logits(hidden)[0]
            best = int(batch.words[logits.argmax()])
            piece = self._piece(best)
            if best == engine._target.end and not rest.strip():
                return 0.0
            if best == engine._target.end or not self._begins(rest, piece, position):
                fitting = [
                    at
                    for at, word in enumerate(batch.words.tolist())
                    if self._begins(rest, self._piece(word), position)
                ]
                return float(logits.max() - logits[fitting].max())
            rest = rest[len(piece) :] if rest.startswith(piece) else rest[1 + len(piece) :]
            last = torch.tensor([best])
        assert not rest.strip(), "the oracle writes longer"
        return 0.0

    def _piece(self, word: int) -> str:
        processor = self._engine._target._processor
        return str(processor.id_to_piece(word)).replace("\u2581", " ") if word != self._engine._target.end else ""

    def _begins(self, rest: str, piece: str, position: int) -> bool:
        if not piece:
            return not rest.strip()
        return rest.startswith(piece) or (position == 0 and rest[1:].startswith(piece))
