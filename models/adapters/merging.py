"""Merges a LoRA adapter into a model's weights, during conversion or after loading.

Each matrix W becomes W + alpha / rank x B A (Hu et al. 2021, section 4), in float32 and before quantization: the merged
model has the size and speed of the original.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from models.adapters.card import AdapterCard, adapter_folder, adapter_of
from models.card import ModelCard
from models.errors import Corrupted, LoadFailed
from models.files.disk import sha256
from models.files.tensors import Tensors

_HINT = "Reinstall Lede, or set LEDE_ADAPTER=none to run without it."
_PARTS = ("lora_A", "lora_B")


class Adapter:
    """The matrices of one adapter."""

    def __init__(self, folder: Path, card: AdapterCard) -> None:
        """Reads an adapter's files. Raises Corrupted if they do not match its card."""
        self.name = card.name
        self._scale = card.alpha / card.rank
        self._tensors: dict[str, Tensor] = {}
        for file in card.files:
            path = folder / file.name
            if not path.is_file() or path.stat().st_size != file.size or sha256(path) != file.sha256:
                raise Corrupted(f"{path} does not match the adapter's card.", _HINT)
            self._tensors |= _load(path)
        self.names = frozenset(f"{name.rpartition('.lora_')[0]}.weight" for name in self._tensors)
        """The names of the matrices it changes, as in transformers."""
        if not all(self._is_valid(name, card.rank) for name in self.names):
            raise Corrupted(f"The adapter {card.name} lacks a matrix, or has one whose rank is not {card.rank}.", _HINT)

    @classmethod
    def for_card(cls, card: ModelCard) -> Self | None:
        """Returns the adapter that a model's card names, if any. Raises BadCard and Corrupted."""
        folder, adapter = adapter_folder(card), adapter_of(card)
        return cls(folder, adapter) if folder and adapter else None

    def shape(self, name: str) -> tuple[int, int]:
        """Returns the rows and columns of the matrix with this name."""
        a, b = self._pair(name)
        return len(b), a.shape[1]

    def delta(self, name: str, first: int = 0, rows: int | None = None) -> Tensor:
        """Returns what is added to a matrix, from row `first` on: float32 [rows, columns]."""
        a, b = self._pair(name)
        last = None if rows is None else first + rows
        return (b[first:last].float() @ a.float()).mul_(self._scale)

    def merge(self, model: Any) -> None:
        """Adds it to a loaded transformers model. Raises LoadFailed if a matrix is missing or has another shape."""
        parameters = dict(model.named_parameters())
        for name in sorted(self.names):
            weight = parameters.get(name)
            self.check_shape(name, None if weight is None else tuple(weight.shape))
            with torch.no_grad():
                parameters[name].copy_(parameters[name].float() + self.delta(name).to(parameters[name].device))

    def check_shape(self, name: str, shape: tuple[int, ...] | None) -> None:
        """Raises LoadFailed unless the model has the matrix (`shape` is not None) with the adapter's shape."""
        if shape != self.shape(name):
            actual = "is not in the model" if shape is None else f"is {shape} in the model"
            raise LoadFailed(
                f"The adapter {self.name} does not fit: {name} {actual}, but {self.shape(name)} in the adapter.", _HINT
            )

    def _is_valid(self, name: str, rank: int) -> bool:
        try:
            a, b = self._pair(name)
        except KeyError:
            return False
        return a.ndim == b.ndim == 2 and len(a) == b.shape[1] == rank  # noqa: PLR2004 - matrices

    def _pair(self, name: str) -> tuple[Tensor, Tensor]:
        a, b = (self._tensors[f"{name.removesuffix('weight')}{part}.weight"] for part in _PARTS)
        return a, b


class MergedTensors:
    """A model's tensors with an adapter merged into them; implements Tensors."""

    def __init__(self, tensors: Tensors, adapter: Adapter) -> None:
        """Raises LoadFailed if the adapter changes a matrix that is missing or has another shape."""
        self._tensors, self._adapter = tensors, adapter
        for name in adapter.names:
            adapter.check_shape(name, tensors.shape(name) if name in tensors else None)

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def shape(self, name: str) -> tuple[int, ...]:
        """See Tensors."""
        return self._tensors.shape(name)

    def blocks(self, name: str) -> Iterator[Tensor]:
        """See Tensors."""
        first = 0
        for block in self._tensors.blocks(name):
            yield block + self._adapter.delta(name, first, len(block)) if name in self._adapter.names else block
            first += len(block)


def merge_adapter(card: ModelCard, tensors: Tensors) -> Tensors:
    """Returns the tensors of a card's model, with its adapter merged if it names one."""
    adapter = Adapter.for_card(card)
    return MergedTensors(tensors, adapter) if adapter else tensors


def _load(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise Corrupted(f"{path} cannot be read: {error}", _HINT) from error
