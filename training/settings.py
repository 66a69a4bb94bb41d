"""The settings of one adapter, read from a TOML file. Standard library only: GPU machines read them, too."""

import argparse
import dataclasses
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

FILE = Path(__file__).parent / "settings.toml"


@dataclass(frozen=True, slots=True)
class DataSettings:
    """The training data: the table `data`. Sizes are in characters; settings.toml explains each."""

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
class RehearsalSettings:
    """The base model's own outputs that are mixed in: the table `rehearsal`."""

    passages: int
    sentences: int
    rows: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The shape of the adapter: the table `lora`."""

    rank: int
    alpha: int
    dropout: float


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Training: the table `train`."""

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
class GenerateSettings:
    """Generation: the table `generate`."""

    tokens: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class ShippingSettings:
    """What the adapter's card states in addition: the table `shipping`."""

    licence: str
    notice: str
    file_bytes: int


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """All settings."""

    name: str
    model: str
    work: str
    seed: int
    data: DataSettings
    rehearsal: RehearsalSettings
    lora: LoraSettings
    train: TrainSettings
    generate: GenerateSettings
    shipping: ShippingSettings

    @classmethod
    def read(cls, path: Path = FILE) -> Self:
        """Reads a file. Raises TypeError if a setting is missing or unknown."""
        content = tomllib.loads(path.read_text("utf-8"))
        parts = {field.name: field.type for field in dataclasses.fields(cls) if dataclasses.is_dataclass(field.type)}
        tables: dict[str, Any] = {name: kind(**content.pop(name, {})) for name, kind in parts.items()}  # type: ignore[operator]
        return cls(**content, **tables)

    @property
    def folder(self) -> Path:
        """The working folder of all steps."""
        return Path(self.work)

    @property
    def shards(self) -> Path:
        """The rows to train on."""
        return self.folder / "shards"

    @property
    def prompts(self) -> Path:
        """The prompts for the base model to answer."""
        return self.folder / "prompts"

    @property
    def rehearsal_shards(self) -> Path:
        """The base model's outputs."""
        return self.folder / "rehearsal"

    @property
    def evaluation(self) -> Path:
        """The rows to evaluate on."""
        return self.folder / "evaluation"

    @property
    def base(self) -> Path:
        """The base model in transformers' format."""
        return self.folder / "base"

    @property
    def checkpoint(self) -> Path:
        """The current checkpoint."""
        return self.folder / "checkpoint"

    def to_dict(self) -> dict[str, Any]:
        """Returns all settings, for an adapter's card."""
        return dataclasses.asdict(self)


def argument_parser(description: str | None) -> argparse.ArgumentParser:
    """Returns a command's parser with `--settings` and `--work`: see `settings_from`."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settings", type=Path, default=FILE, metavar="FILE", help="settings file (TOML)")
    parser.add_argument("--work", metavar="FOLDER", help="overrides the setting `work`")
    return parser


def settings_from(arguments: argparse.Namespace) -> TrainingSettings:
    """Returns the settings for a command's arguments."""
    settings = TrainingSettings.read(arguments.settings)
    return dataclasses.replace(settings, work=arguments.work or settings.work)
