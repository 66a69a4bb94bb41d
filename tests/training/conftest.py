"""Fixtures for the training tests: a small corpus, an evaluation set, a tiny model, and settings."""

import dataclasses
import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from models.card import ModelCard
from models.tokenizer import Tokenizer
from tests.models import tiny
from training.corpus import CorpusRow
from training.prompts import Prompter
from training.settings import TrainingSettings

KIND = next(kind for kind in tiny.ALL if kind.name == "qwen2")
TURNS = {
    "summarise": "{text}\n\nSummarise in {source}: {sentences}, {words} words.",
    "headline": "{text}\n\nA headline in {source}: {words} words, {characters} characters.",
    "translate": "Translate {source} to {target}. {notes}Only that.\n\n{text}",
}
WORDS = ("coalition", "campaign", "territory", "officials", "Tuesday", "Iraq", "Syria", "allies", "percent", "group")


def sentence(number: int, mark: str = "") -> str:
    """Returns a sentence that is different for each number."""
    first, second = WORDS[number % 10], WORDS[number // 10 % 10]
    return f"{mark}The {first} and the {second} of the {number} lost territory in the north."


def french(number: int) -> str:
    """Returns its translation."""
    first, second = WORDS[number % 10], WORDS[number // 10 % 10]
    return f"Le {first} et la {second} de {number} ont perdu du territoire dans le nord."


def write(path: Path, rows: Iterable[CorpusRow]) -> Path:
    """Writes the corpus in the format of shared/train."""
    lines = ["source_language\ttarget_language\tset\torigin\tsource\ttarget"]
    lines += ["\t".join(dataclasses.astuple(row)) for row in rows]
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


def pair(number: int, origin: str = "human", *, back: bool = False, **changes: str) -> CorpusRow:
    """Returns a valid row, English to French or back."""
    sides = ("fr", "en", "wmt13", origin, french(number), sentence(number))
    row = CorpusRow(*sides) if back else CorpusRow("en", "fr", "wmt13", origin, sentence(number), french(number))
    return dataclasses.replace(row, **changes)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Uses one thread: for such small products, more are slower."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model in transformers' format."""
    folder = tmp_path_factory.mktemp("base")
    tiny.qwen2(folder)
    return folder


@pytest.fixture(scope="session")
def card(base: Path) -> ModelCard:
    """Its card, with all tasks."""
    prompt: dict[str, Any] = {"style": "chat", "system": "Be brief.", "turns": TURNS}
    languages = {"en": "English", "fr": "French", "de": "German"}
    return KIND.card(base, tasks=list(TURNS), prompt=prompt, languages=languages, window=512)


@pytest.fixture(scope="session")
def tokenizer(base: Path) -> Tokenizer:
    """Its tokenizer, as the engines use it."""
    return Tokenizer(base, stop_tokens=("<|endoftext|>",))


@pytest.fixture(scope="session")
def prompter(card: ModelCard, tokenizer: Tokenizer) -> Prompter:
    """Its prompts."""
    return Prompter(card, tokenizer.chat)


@pytest.fixture
def settings(tmp_path: Path, base: Path) -> TrainingSettings:
    """See small."""
    return small(tmp_path, base)


def small(tmp_path: Path, base: Path) -> TrainingSettings:
    """Returns the shipped settings with smaller numbers."""
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "base").symlink_to(base)
    defaults = TrainingSettings.read()
    return dataclasses.replace(
        defaults,
        model="tiny/qwen2",
        work=str(tmp_path / "work"),
        data=dataclasses.replace(
            defaults.data,
            corpus=str(tmp_path / "corpus.tsv.xz"),
            evaluation=str(tmp_path / "evaluation"),
            rows=60,
            held_out=4,
        ),
        rehearsal=dataclasses.replace(defaults.rehearsal, passages=4, rows=6, max_tokens=8),
        lora=dataclasses.replace(defaults.lora, rank=4, alpha=8),
        train=dataclasses.replace(defaults.train, tokens=1024, rate=2e-2, checkpoint_steps=2, chunk=16),
        generate=dataclasses.replace(defaults.generate, tokens=1024, max_tokens=12),
    )
