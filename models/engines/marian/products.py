"""Affine products of activations and weights, both int8 and with the quantization multipliers in the model file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from models.engines.native.linear import quantized

LARGEST = 127
"""The largest int8 code of weights and activations."""

Product = Callable[[Tensor], Tensor]
"""Maps activations [rows, inputs] to [rows, outputs], with the bias added."""


@dataclass(frozen=True, slots=True)
class AffineWeight:
    """A matrix [outputs, inputs]: int8 codes and their scale, or float32.

    `alpha` is the quantization multiplier of the activations; 0 if they are not quantized.
    """

    matrix: Tensor
    scale: float = 1.0
    alpha: float = 0.0
    bias: Tensor | None = None


def product(weights: Sequence[AffineWeight], device: str, *, relu: bool = False) -> Product:
    """Returns the product with matrices that have the same input; their outputs are concatenated."""
    alphas = {weight.alpha for weight in weights}
    if len(alphas) > 1:
        return ConcatenatedProducts([product([weight], device, relu=relu) for weight in weights])
    matrix = torch.cat([weight.matrix for weight in weights])
    scales = torch.cat([torch.full((len(weight.matrix),), weight.scale, device=matrix.device) for weight in weights])
    biases = [
        matrix.new_zeros(len(weight.matrix), dtype=torch.float32) if weight.bias is None else weight.bias
        for weight in weights
    ]
    alpha = alphas.pop()
    if alpha and device == "cpu" and has_fbgemm():
        return FbgemmProduct(matrix, scales, torch.cat(biases), alpha, relu=relu)
    return FloatProduct(matrix.to(device), scales.to(device), torch.cat(biases).to(device), alpha, relu=relu)


class FbgemmProduct:
    """FBGEMM: quantizes the activations, multiplies, scales and adds the bias in one call; the fastest on x86.

    Without VNNI it sums pairs of products in 16 bits, which may saturate, as in Marian and Firefox.
    """

    def __init__(self, matrix: Tensor, scales: Tensor, bias: Tensor, alpha: float, *, relu: bool) -> None:
        self._weight = torch.ops.quantized.linear_prepack(quantized(matrix, scales), bias)
        self._step = 1 / alpha
        self._maximum = LARGEST / alpha  # FBGEMM would clamp codes to 128
        operations = torch.ops.quantized
        self._multiply = (
            operations.linear_with_input_q_dq_qweight_dq_relu_output_fp32
            if relu
            else operations.linear_with_input_q_dq_qweight_dq_output_fp32
        )

    def __call__(self, x: Tensor) -> Tensor:
        """See Product. The zero point is 127, because activations are coded as unsigned integers."""
        result: Tensor = self._multiply(x.clamp_max(self._maximum), self._step, LARGEST, self._weight)
        return result


class FloatProduct:
    """Float arithmetic, on integer values if the weights are int8: works on every processor and on GPUs."""

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
            result = functional.linear(x, self._matrix).mul_(self._scales).add_(self._bias)
        else:
            result = functional.linear(x, self._matrix, self._bias)
        return result.relu_() if self._relu else result


class ConcatenatedProducts:
    """Matrices with the same input but different quantization multipliers for it."""

    def __init__(self, products: Sequence[Product]) -> None:
        self._products = products

    def __call__(self, x: Tensor) -> Tensor:
        """See Product."""
        return torch.cat([multiply(x) for multiply in self._products], 1)


@cache
def has_fbgemm() -> bool:
    """Returns whether FBGEMM is available and its results are correct."""
    matrix = torch.arange(-64, 64, dtype=torch.int8).repeat(64, 1)
    x = torch.linspace(-1, 1, 4 * 128).reshape(4, 128)
    try:
        result = FbgemmProduct(matrix, torch.full((64,), 0.5), torch.ones(64), 20.0, relu=False)(x)
    except (RuntimeError, NotImplementedError, AttributeError):  # the name of an operation may be missing, too
        return False
    return bool(
        torch.allclose(result, FloatProduct(matrix, torch.full((64,), 0.5), torch.ones(64), 20.0, relu=False)(x))
    )
