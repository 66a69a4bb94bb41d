"""The network of a student model: a transformer reads the source, simple recurrent units write the translation.

The transformer of "Attention is all you need" (2017), its decoder's self-attention replaced as in "From Research to
Production and Back" (2019), computed as src/models/transformer.h and src/rnn/cells.h of marian-dev do.
Shapes: S sentences, K beams of each, T pieces of the longest source, W the width, H heads.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from models.engines.marian.checkpoint import Checkpoint
from models.engines.marian.items import Item
from models.engines.marian.layers import DecoderLayer, EncoderLayer, Parts
from models.engines.marian.products import Product, Weight, product
from models.engines.marian.shape import Shape

SLOWEST = 10_000.0
"""Of the waves that tell positions."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the decoder looks at: keys [S, H, W/H, T] and values [S, H, T, W/H] of each of its layers.

    `padding` [S, 1, 1, T] is 0 for a piece of the source, and minus infinity behind the last.
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    padding: Tensor

    def select(self, sentences: Tensor) -> "Memory":
        """That of some sentences, by their numbers."""
        keys, values = (
            tuple(layer.index_select(0, sentences) for layer in layers) for layers in (self.keys, self.values)
        )
        return Memory(keys, values, self.padding.index_select(0, sentences))


class Embedding:
    """Vectors of words, [words, W], int8 or float32; each number is worth `scale`."""

    def __init__(self, matrix: Tensor, scale: float, device: str) -> None:
        self.matrix = matrix.to(device)
        self.scale = scale

    @property
    def is_coded(self) -> bool:
        """Whether it is int8."""
        return self.matrix.dtype == torch.int8

    def __call__(self, words: Tensor) -> Tensor:
        """The vectors of `words` [rows], to lengths that go with the vectors of positions."""
        length = self.scale * math.sqrt(self.matrix.shape[1])
        return self.matrix.index_select(0, words).float().mul_(length)


class Network:
    """The layers of a model, on one device."""

    def __init__(self, shape: Shape, items: Mapping[str, Item], device: str) -> None:
        """Raises Damaged where an item is missing or of another size."""
        self.shape = shape
        self.device = device
        checkpoint = Checkpoint(items)
        width, words = shape.width, shape.target_vocabulary
        self._target = Embedding(*checkpoint.embedding(shape.target_embedding, words, width), device)
        self._source = self._target
        if not shape.shared:
            source = checkpoint.embedding(shape.source_embedding, shape.source_vocabulary, width)
            self._source = Embedding(*source, device)
        self._alpha = checkpoint.output_alpha(shape.target_embedding) if self._target.is_coded else 0.0
        self._bias = checkpoint.vector("decoder_ff_logit_out_b", words).to(device)
        parts = Parts(checkpoint, shape, device)
        self._encoder = [EncoderLayer(parts, f"encoder_l{index + 1}") for index in range(shape.encoder_layers)]
        self._decoder = [DecoderLayer(parts, f"decoder_l{index + 1}") for index in range(shape.decoder_layers)]
        self._positions = positions(1, width, device)

    @property
    def is_coded(self) -> bool:
        """Whether its weights are int8."""
        return self._target.is_coded

    def read(self, sources: Tensor, lengths: Tensor) -> Memory:
        """What the decoder looks at of `sources`, ids [S, T] with padding behind their `lengths` [S]."""
        sentences, most = sources.shape
        mask = torch.arange(most, device=self.device) < lengths[:, None]
        x = self._source(sources.flatten())
        x.view(sentences, most, -1).add_(self._places(most)[:most])
        for layer in self._encoder:
            x = layer(x, mask)
        keys, values = zip(*(layer.look.read(x, sentences) for layer in self._decoder), strict=True)
        padding = torch.zeros(mask.shape, device=self.device).masked_fill_(~mask, -torch.inf)
        return Memory(keys, values, padding[:, None, None, :])

    def start(self, rows: int) -> list[Tensor]:
        """The states of the decoder's layers, each [rows, W], before the first word."""
        return [torch.zeros(rows, self.shape.width, device=self.device) for _ in self._decoder]

    def write(
        self, words: Tensor | None, position: int, states: list[Tensor], memory: Memory
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """One step: the hidden state [S*K, W] after the last words [S*K], the states, and where it looked [S, K, T].

        There are no words before the first.
        """
        place = self._places(position + 1)[position]
        x = place.repeat(len(states[0]), 1) if words is None else self._target(words).add_(place)
        after: list[Tensor] = []
        for layer, state, keys, values in zip(self._decoder, states, memory.keys, memory.values, strict=True):
            x, state, shares = layer(x, state, keys, values, memory.padding)  # noqa: PLW2901 - the same one, later
            after.append(state)
        return x, after, shares

    def output(self, words: Tensor | None) -> Product:
        """The layer that gives each of `words`, by ids, a logit; all words where there are none."""
        matrix, bias = self._target.matrix, self._bias
        if words is not None:
            matrix, bias = matrix.index_select(0, words), bias.index_select(0, words)
        return product([Weight(matrix, self._target.scale, self._alpha, bias)], self.device)

    def _places(self, count: int) -> Tensor:
        if len(self._positions) < count:
            self._positions = positions(2 * count, self.shape.width, self.device)
        return self._positions


def positions(count: int, width: int, device: str) -> Tensor:
    """The vectors of positions, [count, W]: sines in one half, cosines in the other."""
    waves = width // 2
    rates = torch.exp(torch.arange(waves) * -(math.log(SLOWEST) / (waves - 1)))
    angles = torch.arange(count)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1).to(device)
