"""A LoRA adapter added to a model's weights: while they are converted, or once they are loaded.

Each matrix W becomes W + alpha / rank x B A (Hu et al. 2021, section 4), in float32, before anything is quantized: what
runs afterwards is as large and as fast as without it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from models.adapters.card import AdapterCard, adapter_of, folder
from models.card import ModelCard
from models.errors import Corrupted, LoadFailed
from models.files.disk import sha256
from models.files.tensors import Tensors

_HINT = "Install Lede again, or set LEDE_ADAPTER=none to do without it."
_PARTS = ("lora_A", "lora_B")


class Adapter:
    """The matrices of one adapter."""

    def __init__(self, place: Path, card: AdapterCard) -> None:
        """Reads an adapter's files. Raises Corrupted where they are not the ones its card names."""
        self.name = card.name
        self._scale = card.alpha / card.rank
        self._tensors: dict[str, Tensor] = {}
        for file in card.files:
            path = place / file.name
            if not path.is_file() or path.stat().st_size != file.size or sha256(path) != file.sha256:
                raise Corrupted(f"{path} is not the file that the adapter's card names.", _HINT)
            self._tensors |= _loaded(path)
        self.names = frozenset(f"{name.rpartition('.lora_')[0]}.weight" for name in self._tensors)
        """The matrices that it changes, by transformers' names."""
        if not all(self._whole(name, card.rank) for name in self.names):
            raise Corrupted(f"The adapter {card.name} is not of rank {card.rank} throughout, or lacks halves.", _HINT)

    @classmethod
    def of(cls, card: ModelCard) -> Self | None:
        """The adapter that a model's card names, if it names one. Raises BadCard and Corrupted."""
        place, found = folder(card), adapter_of(card)
        return cls(place, found) if place and found else None

    def shape(self, name: str) -> tuple[int, int]:
        """Rows and columns of the matrix of this name."""
        a, b = self._pair(name)
        return len(b), a.shape[1]

    def change(self, name: str, first: int = 0, rows: int | None = None) -> Tensor:
        """What is added to a matrix, from the row `first` on: float32 [rows, columns]."""
        a, b = self._pair(name)
        last = None if rows is None else first + rows
        return (b[first:last].float() @ a.float()).mul_(self._scale)

    def merge(self, model: Any) -> None:
        """Adds it to a loaded transformers model. Raises LoadFailed where a matrix is missing or of another shape."""
        parameters = dict(model.named_parameters())
        for name in sorted(self.names):
            weight = parameters.get(name)
            self.check(name, None if weight is None else tuple(weight.shape))
            with torch.no_grad():
                parameters[name].copy_(parameters[name].float() + self.change(name).to(parameters[name].device))

    def check(self, name: str, shape: tuple[int, ...] | None) -> None:
        """Raises LoadFailed unless the model's matrix of this name is there (`shape`) and of the adapter's shape."""
        if shape != self.shape(name):
            told = "is not in the model" if shape is None else f"is {shape} in the model"
            raise LoadFailed(f"The adapter {self.name} does not fit: {name} {told}, {self.shape(name)} in it.", _HINT)

    def _whole(self, name: str, rank: int) -> bool:
        try:
            a, b = self._pair(name)
        except KeyError:
            return False
        return a.ndim == b.ndim == 2 and len(a) == b.shape[1] == rank  # noqa: PLR2004 - matrices

    def _pair(self, name: str) -> tuple[Tensor, Tensor]:
        a, b = (self._tensors[f"{name.removesuffix('weight')}{part}.weight"] for part in _PARTS)
        return a, b


class Merged:
    """The tensors of a model with an adapter's changes in them: Tensors, as the ones they are made of."""

    def __init__(self, tensors: Tensors, adapter: Adapter) -> None:
        """Raises LoadFailed where the adapter changes what is not there, or is of another shape."""
        self._tensors, self._adapter = tensors, adapter
        for name in adapter.names:
            adapter.check(name, tensors.shape(name) if name in tensors else None)

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def shape(self, name: str) -> tuple[int, ...]:
        """See Tensors."""
        return self._tensors.shape(name)

    def blocks(self, name: str) -> Iterator[Tensor]:
        """See Tensors."""
        first = 0
        for block in self._tensors.blocks(name):
            yield block + self._adapter.change(name, first, len(block)) if name in self._adapter.names else block
            first += len(block)


def merged(card: ModelCard, tensors: Tensors) -> Tensors:
    """The tensors of a card's model as it runs: with its adapter, if it names one."""
    adapter = Adapter.of(card)
    return Merged(tensors, adapter) if adapter else tensors


def _loaded(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise Corrupted(f"{path} does not read: {error}", _HINT) from error
