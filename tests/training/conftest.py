"""What the tests of the recipe are given: a small corpus, an evaluation set, a tiny model, and settings for them."""

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
from training.corpus import Row
from training.prompts import Asking
from training.settings import Settings

KIND = next(kind for kind in tiny.ALL if kind.name == "qwen2")
TURNS = {
    "summarise": "{text}\n\nSummarise in {source}: {sentences}, {words} words.",
    "headline": "{text}\n\nA headline in {source}: {words} words, {characters} characters.",
    "translate": "Translate {source} to {target}. {notes}Only that.\n\n{text}",
}
WORDS = ("coalition", "campaign", "territory", "officials", "Tuesday", "Iraq", "Syria", "allies", "percent", "group")


def sentence(number: int, mark: str = "") -> str:
    """A sentence that no other number has."""
    first, second = WORDS[number % 10], WORDS[number // 10 % 10]
    return f"{mark}The {first} and the {second} of the {number} lost territory in the north."


def french(number: int) -> str:
    """Its translation."""
    first, second = WORDS[number % 10], WORDS[number // 10 % 10]
    return f"Le {first} et la {second} de {number} ont perdu du territoire dans le nord."


def write(path: Path, rows: Iterable[Row]) -> Path:
    """The corpus as it is laid out in shared/train."""
    lines = ["source_language\ttarget_language\tset\torigin\tsource\ttarget"]
    lines += ["\t".join(dataclasses.astuple(row)) for row in rows]
    path.write_bytes(lzma.compress("".join(f"{line}\n" for line in lines).encode()))
    return path


def pair(number: int, origin: str = "human", *, back: bool = False, **changes: str) -> Row:
    """A sound row, English to French or back."""
    sides = ("fr", "en", "wmt13", origin, french(number), sentence(number))
    row = Row(*sides) if back else Row("en", "fr", "wmt13", origin, sentence(number), french(number))
    return dataclasses.replace(row, **changes)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Products this small take longer to divide than to compute."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model as transformers reads it."""
    folder = tmp_path_factory.mktemp("base")
    tiny.qwen2(folder)
    return folder


@pytest.fixture(scope="session")
def card(base: Path) -> ModelCard:
    """Its card, which serves all tasks."""
    prompt: dict[str, Any] = {"style": "chat", "system": "Be brief.", "turns": TURNS}
    languages = {"en": "English", "fr": "French", "de": "German"}
    return KIND.card(base, tasks=list(TURNS), prompt=prompt, languages=languages, window=512)


@pytest.fixture(scope="session")
def tokenizer(base: Path) -> Tokenizer:
    """Its tokenizer, as the engines have it."""
    return Tokenizer(base, ends=("<|endoftext|>",))


@pytest.fixture(scope="session")
def asking(card: ModelCard, tokenizer: Tokenizer) -> Asking:
    """How it is asked."""
    return Asking(card, tokenizer.chat)


@pytest.fixture
def settings(tmp_path: Path, base: Path) -> Settings:
    """See small."""
    return small(tmp_path, base)


def small(tmp_path: Path, base: Path) -> Settings:
    """The shipped settings, made small."""
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "base").symlink_to(base)
    given = Settings.read()
    return dataclasses.replace(
        given,
        model="tiny/qwen2",
        work=str(tmp_path / "work"),
        data=dataclasses.replace(
            given.data,
            corpus=str(tmp_path / "corpus.tsv.xz"),
            evaluation=str(tmp_path / "evaluation"),
            rows=60,
            held_out=4,
        ),
        keep=dataclasses.replace(given.keep, passages=4, rows=6, max_tokens=8),
        lora=dataclasses.replace(given.lora, rank=4, alpha=8),
        train=dataclasses.replace(given.train, tokens=1024, rate=2e-2, checkpoint_steps=2, chunk=16),
        generate=dataclasses.replace(given.generate, tokens=1024, max_tokens=12),
    )
