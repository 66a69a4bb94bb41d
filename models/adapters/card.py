"""The card of a LoRA adapter: its training data and settings, its measured gains, and the files of its weights.

    models/adapters/<name>/adapter.toml           the adapter's card
    models/adapters/<name>/adapter-1.safetensors  the weights, in one or more files

A model's card names its adapter; `models.adapters.merging` adds it to the weights during conversion.
"""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.card import SHA256, File, ModelCard, Score
from models.errors import BadCard

SHIPPED = Path(__file__).parent
"""The folder of the adapters that Lede ships."""

CARD = "adapter.toml"

_WITHOUT = "Set LEDE_ADAPTER=none to run without it."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightsFile(File):
    """A file of weights; its size and SHA-256 are required."""

    size: int = Field(gt=0, description="Bytes.")
    sha256: SHA256 = Field(description="SHA-256 of the file.")


class TrainingData(_Part):
    """A training set of an adapter."""

    name: str = Field(description="The data set, and the direction or task.")
    rows: int = Field(gt=0, description="Number of rows, including repetitions.")
    licence: str = Field(description="The licence of the rows.")


class Gain(Score):
    """A score with the adapter, and the same score without it."""

    before: float = Field(description="The score without the adapter.")
    low: float = Field(description="Lower bound of the gain's 95 % bootstrap interval.")
    high: float = Field(description="Upper bound of the gain's 95 % bootstrap interval.")


class AdapterCard(_Part):
    """The card of one adapter."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", description="The adapter's name; equal to its folder's name.")
    model: str = Field(description="The id of the model it was trained for.")
    revision: str = Field(description="The revision of that model.")
    licence: str = Field(description="SPDX identifier of the licence of the adapter's weights.")
    notice: str = Field("", description="A notice about the training data; shown when the adapter is merged.")
    rank: int = Field(gt=0, description="Rank: rows of each A, columns of each B.")
    alpha: float = Field(gt=0, description="Scale: `alpha / rank` times B x A is added.")
    files: tuple[WeightsFile, ...] = Field(min_length=1, description="The files of weights.")
    data: tuple[TrainingData, ...] = Field((), description="The training data.")
    settings: dict[str, Any] = Field({}, description="The training settings.")
    scores: tuple[Gain, ...] = Field((), description="Measured scores.")

    @property
    def tag(self) -> str:
        """The name and a digest of the weights: different weights have a different tag."""
        parts = [str(self.rank), str(self.alpha), *(file.sha256 for file in self.files)]
        return f"{self.name}-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:8]}"


def adapter_folder(card: ModelCard) -> Path | None:
    """Returns the folder of a card's adapter: one in SHIPPED if only named, or a folder of the user's."""
    return SHIPPED / Path(card.adapter).expanduser() if card.adapter else None


def adapter_of(card: ModelCard) -> AdapterCard | None:
    """Returns the card of a model's adapter, if it names one. Raises BadCard if the adapter is for another model."""
    if (folder := adapter_folder(card)) is None:
        return None
    adapter = read_adapter(folder)
    if (adapter.model, adapter.revision) != (card.id, card.revision):
        intended = f"{adapter.model}@{adapter.revision[:8]}"
        raise BadCard(f"The adapter {folder} is for {intended}, not for {card.id}@{card.revision[:8]}.", _WITHOUT)
    return adapter


def read_adapter(folder: Path) -> AdapterCard:
    """Returns the card of the adapter in a folder. Raises BadCard with the invalid field."""
    path = folder / CARD
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCard(f"{folder} contains no valid adapter: {error}", _WITHOUT) from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
        raise BadCard(f"{path}: {problems}", _WITHOUT) from error


@cache
def _read(path: Path, _modified: int) -> AdapterCard:
    return AdapterCard.model_validate(tomllib.loads(path.read_text("utf-8")))
