"""A LoRA adapter's own card: what it was trained on and with, what it gains, and the files of its weights.

    models/adapters/<name>/adapter.toml           this card
    models/adapters/<name>/adapter-1.safetensors  the weights, in as many files as they need

A model's card names its adapter; `models.adapters.merging` adds it to the weights when they are converted.
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
"""Where the adapters are that come with Lede."""

CARD = "adapter.toml"

_WITHOUT = "LEDE_ADAPTER=none does without it."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weights(File):
    """A file of weights; its size and sha256 are always known."""

    size: int = Field(gt=0, description="Bytes.")
    sha256: SHA256 = Field(description="Of the file.")


class Data(_Part):
    """Rows that an adapter was trained on."""

    name: str = Field(description="The set, and the direction or task.")
    rows: int = Field(gt=0, description="How many, repetitions counted.")
    licence: str = Field(description="What may be done with them.")


class Gain(Score):
    """A score with the adapter, beside the one without it."""

    before: float = Field(description="The same without the adapter.")
    low: float = Field(description="The gain's 95 % interval over resamplings: from,")
    high: float = Field(description="and to.")


class AdapterCard(_Part):
    """One adapter."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", description="The adapter's name, as its folder's.")
    model: str = Field(description="The id of the card whose weights it is added to.")
    revision: str = Field(description="The revision of those weights.")
    licence: str = Field(description="SPDX identifier of the adapter's own weights.")
    notice: str = Field("", description="What a user must know of the data behind it; shown when it is merged.")
    rank: int = Field(gt=0, description="Rows of each A, columns of each B.")
    alpha: float = Field(gt=0, description="B x A is added `alpha / rank` times.")
    files: tuple[Weights, ...] = Field(min_length=1, description="The files of its weights.")
    data: tuple[Data, ...] = Field((), description="What it was trained on.")
    settings: dict[str, Any] = Field({}, description="All that it was trained with.")
    scores: tuple[Gain, ...] = Field((), description="What was measured.")

    @property
    def tag(self) -> str:
        """The name, and what is particular to these weights: another tag, another model."""
        said = [str(self.rank), str(self.alpha), *(file.sha256 for file in self.files)]
        return f"{self.name}-{hashlib.sha256(' '.join(said).encode()).hexdigest()[:8]}"


def folder(card: ModelCard) -> Path | None:
    """The folder of the adapter that a card names: one of SHIPPED by its bare name, or a folder of the user's."""
    return SHIPPED / Path(card.adapter).expanduser() if card.adapter else None


def adapter_of(card: ModelCard) -> AdapterCard | None:
    """The adapter that a model's card names, if it names one. Raises BadCard where that is not for this model."""
    if (place := folder(card)) is None:
        return None
    found = read(place)
    if (found.model, found.revision) != (card.id, card.revision):
        meant = f"{found.model}@{found.revision[:8]}"
        raise BadCard(f"The adapter {place} is for {meant}, and not for {card.id}@{card.revision[:8]}.", _WITHOUT)
    return found


def read(place: Path) -> AdapterCard:
    """The card of the adapter in a folder. Raises BadCard with the field that is wrong."""
    path = place / CARD
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCard(f"{place} holds no adapter: {error}", _WITHOUT) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadCard(f"{path}: {faults}", _WITHOUT) from error


@cache
def _read(path: Path, _modified: int) -> AdapterCard:
    return AdapterCard.model_validate(tomllib.loads(path.read_text("utf-8")))
