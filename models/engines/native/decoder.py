"""The forward pass: from the next tokens of many rows to the requested logits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from models.engines.native.attention import Plan, TokenSpan
from models.engines.native.linear import Linear
from models.engines.native.shape import DecoderShape

_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": partial(functional.silu, inplace=True),
    "gelu_pytorch_tanh": partial(functional.gelu, approximate="tanh"),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """The weights of one layer. The optional norms exist in Gemma 3 and Qwen 3."""

    norm: Tensor
    qkv: Linear
    bias: Tensor | None
    query_norm: Tensor | None
    key_norm: Tensor | None
    out: Linear
    norm_after: Tensor | None
    feed_norm: Tensor
    gate_up: Linear
    down: Linear
    feed_norm_after: Tensor | None


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of a decoder. `rotary` has the frequencies, [head size / 2], of each kind of layer."""

    embedding: Tensor  # int8 [vocabulary, hidden]
    embedding_scale: Tensor
    layers: Sequence[Layer]
    norm: Tensor
    head: Linear
    rotary: Sequence[Tensor]


class Decoder:
    """A loaded decoder. It has no state between steps; the KV cache has."""

    def __init__(self, shape: DecoderShape, weights: Weights, window: int) -> None:
        self.shape = shape
        self.device = str(weights.norm.device)
        self._weights = weights
        self._rotations = [_rotations(frequencies, window) for frequencies in weights.rotary]

    @torch.inference_mode()
    def step(self, spans: Sequence[TokenSpan], counts: Sequence[int]) -> list[Tensor]:
        """Feeds each span to its lane. Returns, for each span, the logits [counts, vocabulary] of its last tokens."""
        plan = Plan(spans, self.shape, self.device)
        rows = _rows(spans, counts, plan.order)
        x = self._embed(plan.tokens)
        last = len(self._weights.layers) - 1
        for index, layer in enumerate(self._weights.layers):
            x = self._layer(index, layer, x, plan, rows if index == last else None)
        for span in spans:
            span.lane.length += len(span.tokens)
        return self._logits(x, [counts[index] for index in plan.order], plan)

    def _embed(self, tokens: Tensor) -> Tensor:
        rows = tokens.to(self._weights.embedding.device)
        x = self._weights.embedding[rows].float() * self._weights.embedding_scale[rows, None]
        return (x * self.shape.embedding_scale).to(self.device)

    def _layer(self, index: int, layer: Layer, x: Tensor, plan: Plan, rows: list[int] | None) -> Tensor:
        """Returns the layer's output for all tokens, or only for `rows`; keys and values of all tokens are stored."""
        attended = plan.attend(index, *self._heads(index, layer, x, plan))
        if rows is not None:
            attended, x = attended[rows], x[rows]
        if not len(x):
            return x
        x = _add(x, *layer.out(attended), self._norm(layer.norm_after))
        return _add(x, *self._feed(layer, x), self._norm(layer.feed_norm_after))

    def _heads(self, index: int, layer: Layer, x: Tensor, plan: Plan) -> tuple[Tensor, Tensor, Tensor]:
        shape = self.shape
        product, factor = layer.qkv(self._normed(x, layer.norm))
        product.mul_(factor)
        if layer.bias is not None:
            product.add_(layer.bias)
        heads = product.view(len(x), -1, shape.head_size)
        rotated = heads[:, : shape.heads + shape.key_heads]
        if layer.query_norm is not None and layer.key_norm is not None:
            parts = rotated.split((shape.heads, shape.key_heads), 1)
            norms = (layer.query_norm, layer.key_norm)
            rotated = torch.cat([self._normed(part, norm) for part, norm in zip(parts, norms, strict=True)], 1)
        cosine, sine = (table[plan.positions] for table in self._rotations[shape.rotary[index]])
        rotated = (rotated * cosine).addcmul_(rotated.roll(shape.head_size // 2, -1), sine)
        return rotated[:, : shape.heads], rotated[:, shape.heads :], heads[:, shape.heads + shape.key_heads :]

    def _feed(self, layer: Layer, x: Tensor) -> tuple[Tensor, Tensor]:
        product, factor = layer.gate_up(self._normed(x, layer.feed_norm))
        gate, up = product.chunk(2, 1)
        inner = _ACTIVATIONS[self.shape.activation](gate.mul_(factor)).mul_(up)
        product, further = layer.down(inner)
        return product, further * factor  # `up` was not scaled; its factor is one number per row

    def _logits(self, x: Tensor, counts: Sequence[int], plan: Plan) -> list[Tensor]:
        """Returns logits per span. `x` has the requested rows, `counts` of them for each span in the plan's order."""
        if not len(x):
            return [x.new_empty(0) for _ in counts]
        product, factor = self._weights.head(self._normed(x, self._weights.norm))
        parts = product.mul_(factor).split(list(counts))
        return [part for _, part in sorted(zip(plan.order, parts, strict=True), key=lambda pair: pair[0])]

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return functional.rms_norm(x, (x.shape[-1],), weight, self.shape.epsilon)

    def _norm(self, weight: Tensor | None) -> Callable[[Tensor], Tensor] | None:
        return None if weight is None else lambda x: self._normed(x, weight)


def _rows(spans: Sequence[TokenSpan], counts: Sequence[int], order: Sequence[int]) -> list[int]:
    """Returns the positions in a step of the last `counts` tokens of each span."""
    rows: list[int] = []
    token = 0
    for index in order:
        token += len(spans[index].tokens)
        rows += range(token - counts[index], token)
    return rows


def _add(x: Tensor, product: Tensor, factor: Tensor, norm: Callable[[Tensor], Tensor] | None) -> Tensor:
    return x.addcmul_(product, factor) if norm is None else x.add_(norm(product.mul_(factor)))


def _rotations(frequencies: Tensor, window: int) -> tuple[Tensor, Tensor]:
    """Returns cosines and signed sines of each position, [window, 1, head size]: x cos + rolled x sin rotates x."""
    angles = torch.outer(torch.arange(window, device=frequencies.device).float(), frequencies)
    cosine, sine = angles.cos(), angles.sin()
    return torch.cat([cosine, cosine], 1)[:, None], torch.cat([-sine, sine], 1)[:, None]
