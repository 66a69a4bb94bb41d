"""The network of a student model: a transformer encoder, and a decoder with SSRU cells.

The transformer of "Attention is all you need" (2017); in the decoder, simpler simple recurrent units (SSRU) replace
self-attention, as in "From Research to Production and Back" (2019). The computation follows src/models/transformer.h
and src/rnn/cells.h of marian-dev.
Shapes: S sentences, K beams per sentence, T tokens of the longest source, W the model's width, H heads.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from models.engines.marian.checkpoint import MarianCheckpoint
from models.engines.marian.items import MarianItem
from models.engines.marian.layers import DecoderLayer, EncoderLayer, LayerReader
from models.engines.marian.products import AffineWeight, Product, product
from models.engines.marian.shape import StudentShape

POSITION_BASE = 10_000.0
"""The base of the frequencies of the sinusoidal position embeddings."""


@dataclass(frozen=True, slots=True)
class EncodedSource:
    """The input of cross-attention: keys [S, H, W/H, T] and values [S, H, T, W/H] of each decoder layer.

    The padding mask `padding` [S, 1, 1, T] is 0 for tokens of the source, and minus infinity for padding.
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    padding: Tensor

    def select(self, sentences: Tensor) -> "EncodedSource":
        """Returns the rows of the sentences at these indices."""
        keys, values = (
            tuple(layer.index_select(0, sentences) for layer in layers) for layers in (self.keys, self.values)
        )
        return EncodedSource(keys, values, self.padding.index_select(0, sentences))


class WordEmbedding:
    """Word embeddings [words, W], int8 or float32, and their scale."""

    def __init__(self, matrix: Tensor, scale: float, device: str) -> None:
        self.matrix = matrix.to(device)
        self.scale = scale

    @property
    def is_quantized(self) -> bool:
        """Whether the matrix is int8."""
        return self.matrix.dtype == torch.int8

    def __call__(self, words: Tensor) -> Tensor:
        """Returns the embeddings [rows, W] of `words` [rows], multiplied by the square root of W."""
        length = self.scale * math.sqrt(self.matrix.shape[1])
        return self.matrix.index_select(0, words).float().mul_(length)


class StudentNetwork:
    """The layers of a student model, on one device."""

    def __init__(self, shape: StudentShape, items: Mapping[str, MarianItem], device: str) -> None:
        """Raises InvalidModel if an item is missing or has the wrong size."""
        self.shape = shape
        self.device = device
        checkpoint = MarianCheckpoint(items)
        width, words = shape.width, shape.target_vocabulary
        self._target = WordEmbedding(*checkpoint.embedding(shape.target_embedding, words, width), device)
        self._source = self._target
        if not shape.shared:
            source = checkpoint.embedding(shape.source_embedding, shape.source_vocabulary, width)
            self._source = WordEmbedding(*source, device)
        self._alpha = checkpoint.output_alpha(shape.target_embedding) if self._target.is_quantized else 0.0
        self._bias = checkpoint.vector("decoder_ff_logit_out_b", words).to(device)
        reader = LayerReader(checkpoint, shape, device)
        self._encoder = [EncoderLayer(reader, f"encoder_l{index + 1}") for index in range(shape.encoder_layers)]
        self._decoder = [DecoderLayer(reader, f"decoder_l{index + 1}") for index in range(shape.decoder_layers)]
        self._positions = positions(1, width, device)

    @property
    def is_quantized(self) -> bool:
        """Whether the weights are int8."""
        return self._target.is_quantized

    def encode(self, sources: Tensor, lengths: Tensor) -> EncodedSource:
        """Encodes `sources`, ids [S, T] padded after their `lengths` [S]."""
        sentences, longest = sources.shape
        mask = torch.arange(longest, device=self.device) < lengths[:, None]
        x = self._source(sources.flatten())
        x.view(sentences, longest, -1).add_(self._positions_up_to(longest)[:longest])
        for layer in self._encoder:
            x = layer(x, mask)
        keys, values = zip(*(layer.cross_attention.project(x, sentences) for layer in self._decoder), strict=True)
        padding = torch.zeros(mask.shape, device=self.device).masked_fill_(~mask, -torch.inf)
        return EncodedSource(keys, values, padding[:, None, None, :])

    def start(self, rows: int) -> list[Tensor]:
        """Returns the initial cell states of the decoder layers, each [rows, W]."""
        return [torch.zeros(rows, self.shape.width, device=self.device) for _ in self._decoder]

    def decode(
        self, words: Tensor | None, position: int, states: list[Tensor], encoded: EncodedSource
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """Decodes one step from the previous words [S*K], which are None at the first step.

        Returns hidden states [S*K, W], the new cell states, and the cross-attention weights of the last layer's first
        head, [S, K, T].
        """
        embedding = self._positions_up_to(position + 1)[position]
        x = embedding.repeat(len(states[0]), 1) if words is None else self._target(words).add_(embedding)
        new_states: list[Tensor] = []
        for layer, state, keys, values in zip(self._decoder, states, encoded.keys, encoded.values, strict=True):
            x, state, attention = layer(x, state, keys, values, encoded.padding)  # noqa: PLW2901 - its new value
            new_states.append(state)
        return x, new_states, attention

    def output(self, words: Tensor | None) -> Product:
        """Returns the output layer for some words, by ids, or for the whole vocabulary if None."""
        matrix, bias = self._target.matrix, self._bias
        if words is not None:
            matrix, bias = matrix.index_select(0, words), bias.index_select(0, words)
        return product([AffineWeight(matrix, self._target.scale, self._alpha, bias)], self.device)

    def _positions_up_to(self, count: int) -> Tensor:
        if len(self._positions) < count:
            self._positions = positions(2 * count, self.shape.width, self.device)
        return self._positions


def positions(count: int, width: int, device: str) -> Tensor:
    """Returns sinusoidal position embeddings [count, W]: sines in the first half, cosines in the second."""
    half = width // 2
    frequencies = torch.exp(torch.arange(half) * -(math.log(POSITION_BASE) / (half - 1)))
    angles = torch.arange(count)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1).to(device)
