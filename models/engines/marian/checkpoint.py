"""The weights among a file's items: each of the size that the model's options ask for."""

from collections.abc import Mapping

from torch import Tensor

from models.engines.marian.items import FLOAT32, Damaged, Item
from models.engines.marian.products import Weight

ALPHA = "_QuantMultA"
OUTPUT_ALPHA = f"none{ALPHA}"
"""The name under which Marian keeps what the input of an output layer is multiplied by where embeddings are shared."""


class Checkpoint:
    """Items by their names."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self._items = items

    def vector(self, name: str, size: int) -> Tensor:
        """A vector, float32. Raises Damaged."""
        item = self._item(name, (1, size), (size,))
        try:
            return item.floats().flatten()
        except Damaged as error:
            raise Damaged(f"{name} {error}") from error

    def weight(self, name: str, inputs: int, outputs: int, bias: str | None = None) -> Weight:
        """A matrix, and the bias named where it has one. Raises Damaged."""
        added = self.vector(bias, outputs) if bias else None
        item = self._item(name, (inputs, outputs))
        try:
            if item.kind == FLOAT32:
                return Weight(item.floats().t().contiguous(), bias=added)
            codes = item.codes().reshape(outputs, inputs)  # stored transposed, under the dimensions of what it was
            return Weight(codes, 1 / item.multiplier(), self._alpha(name + ALPHA), added)
        except Damaged as error:
            raise Damaged(f"{name} {error}") from error

    def embedding(self, name: str, words: int, width: int) -> tuple[Tensor, float]:
        """A matrix [words, width], int8 or float32, and what one of its numbers is worth. Raises Damaged."""
        item = self._item(name, (words, width))
        try:
            return (item.floats(), 1.0) if item.kind == FLOAT32 else (item.codes(), 1 / item.multiplier())
        except Damaged as error:
            raise Damaged(f"{name} {error}") from error

    def output_alpha(self, embedding: str) -> float:
        """What the input of the output layer is multiplied by. Raises Damaged."""
        return self._alpha(OUTPUT_ALPHA if OUTPUT_ALPHA in self._items else embedding + ALPHA)

    def _alpha(self, name: str) -> float:
        found = float(self.vector(name, 1))
        if not found > 0:
            raise Damaged(f"{name} is {found}")
        return found

    def _item(self, name: str, *shapes: tuple[int, ...]) -> Item:
        item = self._items.get(name)
        if item is None:
            raise Damaged(f"there is no {name}")
        if item.shape not in shapes:
            raise Damaged(f"{name} has the dimensions {item.shape}, and not {shapes[0]}")
        return item
