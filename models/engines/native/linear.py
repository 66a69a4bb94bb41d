"""Products with int8 weights: the kernels that PyTorch includes, behind one interface.

Weights have one scale per output channel, activations one per token: one scale per batch loses 9 BLEU with the bundled
model, whose activations have outliers.
"""

import warnings
from threading import Lock
from typing import ClassVar, Protocol

import torch
from torch import Tensor
from torch.nn import functional

LARGEST = 127.0
_ZERO = 128  # the zero point of unsigned codes


class Linear(Protocol):
    """A matrix of `outputs` x `inputs`."""

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the product [tokens, outputs] of `x` [tokens, inputs], and a factor that is still to be applied.

        The factor is [tokens, 1], or 1. The caller applies it, because it can often combine it with another
        multiplication.
        """


class OneDnnLinear:
    """oneDNN with weights in its packed layout: the fastest on x86 with VNNI, from one row to hundreds."""

    name: ClassVar = "onednn"

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        self._weight = torch.ops.onednn.qlinear_prepack(weight, None)
        self._scale = scale
        self._zeros = torch.zeros(len(scale), dtype=torch.int64)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        scale = _scale(x)
        codes = x.mul(scale.reciprocal()).add_(_HALF_UP).to(torch.uint8)
        product = torch.ops.onednn.qlinear_pointwise(
            codes, 1.0, _ZERO, self._weight, self._scale, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return product, scale


class FbgemmLinear:
    """FBGEMM with 7-bit weights: the fastest on x86 with AVX2 only.

    Its instructions add two 8-bit products in 16 bits: 2 x 255 x 127 would overflow, 2 x 255 x 63 does not.
    """

    name: ClassVar = "fbgemm"
    LARGEST: ClassVar = 63
    BLOCK: ClassVar = 1024  # rows

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        step = LARGEST / self.LARGEST
        codes = torch.empty_like(weight)
        for block, target in zip(weight.split(self.BLOCK), codes.split(self.BLOCK), strict=True):
            target.copy_(block.float().div_(step).round_())  # in blocks, because float32 takes four times the memory
        self._weight = torch.ops.quantized.linear_prepack(quantized(codes, scale * step), None)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        scale = _scale(x)
        codes = x.mul(scale.reciprocal())  # FBGEMM rounds them itself
        multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
        return multiply(codes, 1.0, _ZERO, self._weight), scale


class IntMmLinear:
    """`torch._int_mm` with weights as stored, which can be memory-mapped."""

    name: ClassVar = "int_mm"

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        self._weight = weight.t()
        self._scale = scale

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        scale = _scale(x)
        codes = x.mul(scale.reciprocal()).round_().to(torch.int8)
        return torch._int_mm(codes, self._weight).to(torch.float32).mul_(self._scale), scale  # noqa: SLF001 - the only name it has


class WeightOnlyLinear:
    """int8 weights with float activations: correct on every CPU, and the fallback if no int8 product is fast."""

    name: ClassVar = "weight_only"
    FEW = 16
    """Maximum rows for which weights are widened while they are read; beyond it, matrix by matrix."""
    STEP = 16
    """The kernel reads inputs in blocks of this size; with another multiple, it would read out of bounds."""

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        self._weight = weight
        self._scale = scale
        self._narrow = scale.bfloat16()

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        if len(x) <= self.FEW and self._weight.shape[1] % self.STEP == 0:
            return torch._weight_int8pack_mm(x.bfloat16(), self._weight, self._narrow).float(), _ONE  # noqa: SLF001
        return functional.linear(x, self._weight.to(torch.float32)).mul_(self._scale), _ONE


class Bfloat16Linear:
    """Weights widened once, for GPUs, which have enough memory."""

    name: ClassVar = "bfloat16"

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._weight = (weight.to(device).float() * scale.to(device)[:, None]).bfloat16()
        self._one = _ONE.to(device)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        return functional.linear(x.bfloat16(), self._weight).float(), self._one


Kernel = type[OneDnnLinear | FbgemmLinear | IntMmLinear | WeightOnlyLinear | Bfloat16Linear]

KERNELS: dict[str, Kernel] = {
    kernel.name: kernel for kernel in (OneDnnLinear, FbgemmLinear, IntMmLinear, WeightOnlyLinear, Bfloat16Linear)
}

_ONE = torch.ones(1)
_HALF_UP = _ZERO + 0.5  # so that truncation rounds


_FILTER_LOCK = Lock()


def quantized(codes: Tensor, scale: Tensor) -> Tensor:
    """Returns int8 codes [outputs, inputs] as the quantized tensor that FBGEMM packs, with one scale per output."""
    zeros = torch.zeros(len(scale), dtype=torch.int64)
    # PyTorch 2.13 warns that quantized tensors are deprecated, but has no replacement. Filters are process-wide.
    with _FILTER_LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch._make_per_channel_quantized_tensor(codes, scale.double(), zeros, 0)  # noqa: SLF001 - the only name it has


def _scale(x: Tensor) -> Tensor:
    largest = torch.maximum(x.amax(1, keepdim=True), x.amin(1, keepdim=True).neg_())
    return largest.div_(LARGEST).clamp_(min=1e-30)
