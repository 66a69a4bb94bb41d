"""Products of activations and weights, computed as Marian does: both int8, with scales that the model's file states."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from models.engines.native.linear import quantized

LARGEST = 127
"""The largest code, of a weight and of an activation."""

Product = Callable[[Tensor], Tensor]
"""Activations [rows, inputs] to [rows, outputs], bias added."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A matrix [outputs, inputs]: int8 codes, each worth `scale`, or float32.

    `alpha` is what activations are multiplied by before they are rounded to codes; 0 where they are not.
    """

    matrix: Tensor
    scale: float = 1.0
    alpha: float = 0.0
    bias: Tensor | None = None


def product(weights: Sequence[Weight], device: str, *, relu: bool = False) -> Product:
    """The product with matrices that read the same activations, their outputs side by side."""
    alphas = {weight.alpha for weight in weights}
    if len(alphas) > 1:
        return Apart([product([weight], device, relu=relu) for weight in weights])
    matrix = torch.cat([weight.matrix for weight in weights])
    scales = torch.cat([torch.full((len(weight.matrix),), weight.scale, device=matrix.device) for weight in weights])
    biases = [
        matrix.new_zeros(len(weight.matrix), dtype=torch.float32) if weight.bias is None else weight.bias
        for weight in weights
    ]
    alpha = alphas.pop()
    if alpha and device == "cpu" and has_fbgemm():
        return Packed(matrix, scales, torch.cat(biases), alpha, relu=relu)
    return Wide(matrix.to(device), scales.to(device), torch.cat(biases).to(device), alpha, relu=relu)


class Packed:
    """FBGEMM: rounds the activations, multiplies, scales and adds the bias in one call, the fastest on x86.

    Without VNNI it sums pairs of products in 16 bits, which may saturate, exactly where Marian's and Firefox's do.
    """

    def __init__(self, matrix: Tensor, scales: Tensor, bias: Tensor, alpha: float, *, relu: bool) -> None:
        self._weight = torch.ops.quantized.linear_prepack(quantized(matrix, scales), bias)
        self._step = 1 / alpha
        self._most = LARGEST / alpha  # FBGEMM's own largest code is 128
        operations = torch.ops.quantized
        self._multiply = (
            operations.linear_with_input_q_dq_qweight_dq_relu_output_fp32
            if relu
            else operations.linear_with_input_q_dq_qweight_dq_output_fp32
        )

    def __call__(self, x: Tensor) -> Tensor:
        """See Product. 127 is the code of zero, so that codes have no sign."""
        found: Tensor = self._multiply(x.clamp_max(self._most), self._step, LARGEST, self._weight)
        return found


class Wide:
    """Float products, of whole numbers where the weights are int8: right on every processor and on GPUs."""

    def __init__(self, matrix: Tensor, scales: Tensor, bias: Tensor, alpha: float, *, relu: bool) -> None:
        self._matrix = matrix.float()
        self._scales = scales / alpha if alpha else scales
        self._bias = bias
        self._alpha = alpha
        self._relu = relu

    def __call__(self, x: Tensor) -> Tensor:
        """See Product."""
        if self._alpha:
            x = x.mul(self._alpha).round_().clamp_(-LARGEST, LARGEST)
            found = functional.linear(x, self._matrix).mul_(self._scales).add_(self._bias)
        else:
            found = functional.linear(x, self._matrix, self._bias)
        return found.relu_() if self._relu else found


class Apart:
    """Matrices that read the same activations and round them in different ways."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._products = products

    def __call__(self, x: Tensor) -> Tensor:
        """See Product."""
        return torch.cat([multiply(x) for multiply in self._products], 1)


@cache
def has_fbgemm() -> bool:
    """Whether FBGEMM is here and computes right."""
    matrix = torch.arange(-64, 64, dtype=torch.int8).repeat(64, 1)
    x = torch.linspace(-1, 1, 4 * 128).reshape(4, 128)
    try:
        found = Packed(matrix, torch.full((64,), 0.5), torch.ones(64), 20.0, relu=False)(x)
    except (RuntimeError, NotImplementedError, AttributeError):  # an operation may be missing by name, too
        return False
    return bool(torch.allclose(found, Wide(matrix, torch.full((64,), 0.5), torch.ones(64), 20.0, relu=False)(x)))
