"""Reads weights from the items of a model file and checks their sizes against the model's options."""

from collections.abc import Mapping

from torch import Tensor

from models.engines.marian.items import FLOAT32, InvalidModel, MarianItem
from models.engines.marian.products import AffineWeight

ALPHA = "_QuantMultA"
OUTPUT_ALPHA = f"none{ALPHA}"
"""Marian's name of the activation multiplier of the output layer if the embeddings are shared."""


class MarianCheckpoint:
    """The items of a file, by name. All methods raise InvalidModel."""

    def __init__(self, items: Mapping[str, MarianItem]) -> None:
        self._items = items

    def vector(self, name: str, size: int) -> Tensor:
        """Returns a float32 vector."""
        item = self._item(name, (1, size), (size,))
        try:
            return item.floats().flatten()
        except InvalidModel as error:
            raise InvalidModel(f"{name} {error}") from error

    def weight(self, name: str, inputs: int, outputs: int, bias: str | None = None) -> AffineWeight:
        """Returns a matrix, with its bias if `bias` names one."""
        bias_vector = self.vector(bias, outputs) if bias else None
        item = self._item(name, (inputs, outputs))
        try:
            if item.kind == FLOAT32:
                return AffineWeight(item.floats().t().contiguous(), bias=bias_vector)
            codes = item.codes().reshape(outputs, inputs)  # stored transposed, but with the original dimensions
            return AffineWeight(codes, 1 / item.multiplier(), self._alpha(name + ALPHA), bias_vector)
        except InvalidModel as error:
            raise InvalidModel(f"{name} {error}") from error

    def embedding(self, name: str, words: int, width: int) -> tuple[Tensor, float]:
        """Returns a matrix [words, width], int8 or float32, and its scale."""
        item = self._item(name, (words, width))
        try:
            return (item.floats(), 1.0) if item.kind == FLOAT32 else (item.codes(), 1 / item.multiplier())
        except InvalidModel as error:
            raise InvalidModel(f"{name} {error}") from error

    def output_alpha(self, embedding: str) -> float:
        """Returns the quantization multiplier of the output layer's input."""
        return self._alpha(OUTPUT_ALPHA if OUTPUT_ALPHA in self._items else embedding + ALPHA)

    def _alpha(self, name: str) -> float:
        alpha = float(self.vector(name, 1))
        if not alpha > 0:
            raise InvalidModel(f"{name} is {alpha}, but must be positive")
        return alpha

    def _item(self, name: str, *shapes: tuple[int, ...]) -> MarianItem:
        item = self._items.get(name)
        if item is None:
            raise InvalidModel(f"{name} is missing")
        if item.shape not in shapes:
            raise InvalidModel(f"{name} has the dimensions {item.shape} instead of {shapes[0]}")
        return item
