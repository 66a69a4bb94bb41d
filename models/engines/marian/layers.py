"""Encoder and decoder layers. Shapes as in `models.engines.marian.network`; D is W/H."""

import math

from torch import Tensor
from torch.nn import functional

from models.engines.marian.checkpoint import MarianCheckpoint
from models.engines.marian.products import AffineWeight, product
from models.engines.marian.shape import StudentShape

EPSILON = 1e-6
"""The epsilon of layer normalization."""


class LayerReader:
    """Reads the weights of layers by Marian's names."""

    def __init__(self, checkpoint: MarianCheckpoint, shape: StudentShape, device: str) -> None:
        self.checkpoint = checkpoint
        self.shape = shape
        self.device = device

    def square(self, name: str, bias: str | None) -> AffineWeight:
        """Returns a matrix [W, W]."""
        return self.checkpoint.weight(name, self.shape.width, self.shape.width, bias)

    def projection(self, prefix: str, kind: str) -> AffineWeight:
        """Returns a projection of an attention layer: queries (`q`), keys (`k`), values (`v`) or output (`o`)."""
        return self.square(f"{prefix}_W{kind}", f"{prefix}_b{kind}")


class ResidualNorm:
    """Residual connection and layer normalization."""

    def __init__(self, reader: LayerReader, prefix: str) -> None:
        self._scale = reader.checkpoint.vector(f"{prefix}_ln_scale", reader.shape.width).to(reader.device)
        self._bias = reader.checkpoint.vector(f"{prefix}_ln_bias", reader.shape.width).to(reader.device)

    def __call__(self, output: Tensor, residual: Tensor) -> Tensor:
        """Returns the normalized sum, [rows, W]. `output` is modified in place."""
        return functional.layer_norm(output.add_(residual), self._scale.shape, self._scale, self._bias, EPSILON)


class FeedForward:
    """The feed-forward block of a layer."""

    def __init__(self, reader: LayerReader, prefix: str) -> None:
        width, hidden, weight = reader.shape.width, reader.shape.hidden, reader.checkpoint.weight
        self._up = product([weight(f"{prefix}_W1", width, hidden, f"{prefix}_b1")], reader.device, relu=True)
        self._down = product([weight(f"{prefix}_W2", hidden, width, f"{prefix}_b2")], reader.device)
        self._norm = ResidualNorm(reader, f"{prefix}_ffn")

    def __call__(self, x: Tensor) -> Tensor:
        """Maps [rows, W] to [rows, W]."""
        return self._norm(self._down(self._up(x)), x)


class EncoderLayer:
    """Self-attention and feed-forward block."""

    def __init__(self, reader: LayerReader, prefix: str) -> None:
        self._heads = reader.shape.heads
        attention = f"{prefix}_self"
        self._qkv = product([reader.projection(attention, kind) for kind in "qkv"], reader.device)
        self._out = product([reader.projection(attention, "o")], reader.device)
        self._norm = ResidualNorm(reader, f"{attention}_Wo")
        self._feed = FeedForward(reader, f"{prefix}_ffn")

    def __call__(self, x: Tensor, mask: Tensor) -> Tensor:
        """Maps [S*T, W] to [S*T, W]. `mask` [S, T] is false for padding."""
        query, key, value = self._qkv(x).view(*mask.shape, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        return self._feed(self._norm(self._out(attended.transpose(1, 2).reshape(x.shape)), x))


class CrossAttention:
    """The decoder's attention to the encoded source."""

    def __init__(self, reader: LayerReader, prefix: str) -> None:
        self._heads = reader.shape.heads
        self._scale = 1 / math.sqrt(reader.shape.width // reader.shape.heads)
        self._query = product([reader.projection(prefix, "q")], reader.device)
        self._kv = product([reader.projection(prefix, kind) for kind in "kv"], reader.device)
        self._out = product([reader.projection(prefix, "o")], reader.device)
        self._norm = ResidualNorm(reader, f"{prefix}_Wo")

    def project(self, x: Tensor, sentences: int) -> tuple[Tensor, Tensor]:
        """Returns scaled keys [S, H, D, T] and values [S, H, T, D] of the encoder's output [S*T, W]."""
        keys, values = self._kv(x).view(sentences, -1, 2, self._heads, x.shape[1] // self._heads).unbind(2)
        return keys.permute(0, 2, 3, 1).mul(self._scale).contiguous(), values.transpose(1, 2).contiguous()

    def __call__(self, x: Tensor, keys: Tensor, values: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """Maps [S*K, W] to [S*K, W]; also returns the first head's weights [S, K, T]. Adds `padding` to the scores."""
        sentences, heads, _, depth = values.shape
        query = self._query(x).view(sentences, -1, heads, depth).transpose(1, 2)
        weights = (query @ keys).add_(padding).softmax(-1)
        attended = (weights @ values).transpose(1, 2).reshape(x.shape)
        return self._norm(self._out(attended), x), weights[:, 0]


class DecoderLayer:
    """SSRU cell, cross-attention and feed-forward block."""

    def __init__(self, reader: LayerReader, prefix: str) -> None:
        cell = f"{prefix}_rnn"
        weights = [reader.square(f"{cell}_W", None), reader.square(f"{cell}_Wf", f"{cell}_bf")]
        self._cell = product(weights, reader.device)
        self._norm = ResidualNorm(reader, f"{cell}_ffn")
        self.cross_attention = CrossAttention(reader, f"{prefix}_context")
        self._feed = FeedForward(reader, f"{prefix}_ffn")

    def __call__(
        self, x: Tensor, state: Tensor, keys: Tensor, values: Tensor, padding: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the output [S*K, W], the new cell state [S*K, W], and cross-attention weights [S, K, T]."""
        candidate, forget = self._cell(x).chunk(2, 1)
        state = candidate.lerp(state, forget.sigmoid())
        x, attention = self.cross_attention(self._norm(state.relu(), x), keys, values, padding)
        return self._feed(x), state, attention
