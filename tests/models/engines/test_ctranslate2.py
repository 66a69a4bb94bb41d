"""CTranslate2: common prefixes are passed once. test_architectures compares its outputs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from models.engines.ctranslate2 import CTranslate2Engine
from models.protocol import Decoding, Prompt, Text


class Words:
    """A tokenizer whose tokens are words."""

    stop_tokens: tuple[str, ...] = ()
    special_ids: frozenset[int] = frozenset()

    def __init__(self) -> None:
        self._vocabulary: list[str] = []

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        words = [word for piece in prompt.pieces if isinstance(piece, Text) for word in piece.text.split()]
        self._vocabulary += [word for word in words if word not in self._vocabulary]
        return [self._vocabulary.index(word) for word in words]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        return [self._vocabulary[token] for token in ids]

    def prefix_ids(self, _prompt: Prompt) -> list[int]:
        return []

    def token_ids(self, _names: Sequence[str]) -> list[int]:
        return []

    def phrase_ids(self, _phrases: Sequence[str]) -> list[list[int]]:
        return []


class Generator:
    """Records its input, and generates nothing."""

    def __init__(self, *_model: object, **_options: object) -> None:
        self.inputs: list[tuple[list[str] | None, list[list[str]]]] = []

    def generate_batch(
        self, rows: list[list[str]], *, static_prompt: list[str] | None = None, **options: object
    ) -> None:
        assert options["cache_static_prompt"] is False  # the cache would be unbounded
        self.inputs.append((static_prompt, rows))


def batch_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *texts: str) -> Any:
    """What CTranslate2 is given of prompts, in one batch."""
    (tmp_path / "model.bin").touch()
    monkeypatch.setattr("models.engines.ctranslate2.ctranslate2.Generator", Generator)
    tokenizer: Any = Words()
    engine = CTranslate2Engine(tmp_path, tokenizer, decoder_only=True, window=100)
    engine.generate([Prompt((Text(text),)) for text in texts], Decoding(max_tokens=1))
    (batch,) = engine._runner.inputs
    return batch


def test_a_common_prefix_becomes_the_static_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, rows = batch_input(tmp_path, monkeypatch, "the long article sum up", "the long article to French")
    assert shared == ["the", "long", "article"]
    assert sorted(rows) == [["sum", "up"], ["to", "French"]]


def test_each_prompt_keeps_at_least_one_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, rows = batch_input(tmp_path, monkeypatch, "the same", "the same")
    assert (shared, rows) == (["the"], [["same"], ["same"]])


@pytest.mark.parametrize("texts", [("alone here",), ("nothing alike", "in these")])
def test_without_a_common_prefix_prompts_are_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: tuple[str, ...]
) -> None:
    shared, rows = batch_input(tmp_path, monkeypatch, *texts)
    assert shared is None
    assert sorted(rows) == sorted(text.split() for text in texts)
