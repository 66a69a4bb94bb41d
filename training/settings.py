"""The settings of one adapter, read from a TOML file. Standard library alone: they are read on GPU machines, too."""

import argparse
import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FILE = Path(__file__).parent / "settings.toml"


@dataclass(frozen=True, slots=True)
class Data:
    """What is trained on: the table `data`; sizes in characters, each explained in settings.toml."""

    corpus: str
    evaluation: str
    licence: str
    leave_out: list[str]
    rows: int
    temperature: float
    repeats: int
    held_out: int
    shard_bytes: int
    shortest: int
    longest: int
    ratio: float
    script: float


@dataclass(frozen=True, slots=True)
class Keep:
    """What the model itself writes to go on writing so: the table `keep`."""

    passages: int
    sentences: int
    rows: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Lora:
    """The adapter's shape: the table `lora`."""

    rank: int
    alpha: int
    dropout: float


@dataclass(frozen=True, slots=True)
class Train:
    """How it is trained: the table `train`."""

    rate: float
    warmup: float
    floor: float
    decay: float
    clip: float
    tokens: int
    longest: int
    epochs: int
    steps: int
    checkpoint_steps: int
    recompute: bool
    chunk: int


@dataclass(frozen=True, slots=True)
class Generate:
    """How answers are written: the table `generate`."""

    tokens: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Shipping:
    """What the adapter's card says beside what was counted: the table `shipping`."""

    licence: str
    notice: str
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All of them."""

    name: str
    model: str
    work: str
    seed: int
    data: Data
    keep: Keep
    lora: Lora
    train: Train
    generate: Generate
    shipping: Shipping

    @classmethod
    def read(cls, path: Path = FILE) -> Self:
        """The settings in a file. Raises TypeError where one is missing or unknown."""
        given = tomllib.loads(path.read_text("utf-8"))
        parts = {field.name: field.type for field in dataclasses.fields(cls) if dataclasses.is_dataclass(field.type)}
        made: dict[str, Any] = {name: kind(**given.pop(name, {})) for name, kind in parts.items()}  # type: ignore[operator]
        return cls(**given, **made)

    @property
    def folder(self) -> Path:
        """Where the steps leave things for one another."""
        return Path(self.work)

    @property
    def shards(self) -> Path:
        """The rows to train on."""
        return self.folder / "shards"

    @property
    def asked(self) -> Path:
        """The prompts that the base model itself answers."""
        return self.folder / "asked"

    @property
    def kept(self) -> Path:
        """What it answered."""
        return self.folder / "kept"

    @property
    def measured(self) -> Path:
        """The rows that are measured with."""
        return self.folder / "measured"

    @property
    def base(self) -> Path:
        """The base model as transformers reads it."""
        return self.folder / "base"

    @property
    def checkpoint(self) -> Path:
        """Where training stands."""
        return self.folder / "checkpoint"

    def dictionary(self) -> dict[str, Any]:
        """All of them, for an adapter's card."""
        return dataclasses.asdict(self)


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command's parser, which knows `--settings` and `--work`: see `chosen`."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--settings", type=Path, default=FILE, metavar="FILE", help="a TOML file")
    made.add_argument("--work", metavar="FOLDER", help="in place of the settings' `work`")
    return made


def chosen(arguments: argparse.Namespace) -> Settings:
    """The settings that a command was given."""
    settings = Settings.read(arguments.settings)
    return dataclasses.replace(settings, work=arguments.work or settings.work)
