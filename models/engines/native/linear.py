"""Products with int8 weights: the kernels that PyTorch ships, each behind one call.

Weights have one scale for each output channel, activations one for each token: a scale for a whole batch loses 9 BLEU
with the bundled model, whose activations have outliers.
"""

import warnings
from threading import Lock
from typing import ClassVar, Protocol

import torch
from torch import Tensor
from torch.nn import functional

LARGEST = 127.0
_ZERO = 128  # the code of zero where codes have no sign


class Linear(Protocol):
    """A matrix of `outputs` x `inputs`."""

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """`x` [tokens, inputs] to a product [tokens, outputs] and the factor, [tokens, 1] or 1, it still lacks.

        The factor is left to the caller, who often has to multiply by something anyway.
        """


class Packed:
    """oneDNN on weights in its own layout. The fastest on x86 with VNNI, at one row and at hundreds."""

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


class Narrow:
    """FBGEMM on weights of 7 bits, the fastest on x86 with AVX2 alone.

    There two products of 8 bits are summed in 16, which 2 x 255 x 127 would overflow and 2 x 255 x 63 does not.
    """

    name: ClassVar = "fbgemm"
    LARGEST: ClassVar = 63
    BLOCK: ClassVar = 1024  # rows
    _FILTERING: ClassVar = Lock()

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        step = LARGEST / self.LARGEST
        codes = torch.empty_like(weight)
        for few, made in zip(weight.split(self.BLOCK), codes.split(self.BLOCK), strict=True):
            made.copy_(few.float().div_(step).round_())  # all at once would take four times the weights' memory
        zeros = torch.zeros(len(scale), dtype=torch.int64)
        # 2.13 warns that tensors of codes will be taken away, and has no other way in. Filters are all threads'.
        with self._FILTERING, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            coded = torch._make_per_channel_quantized_tensor(codes, (scale * step).double(), zeros, 0)  # noqa: SLF001 - the only name it has
        self._weight = torch.ops.quantized.linear_prepack(coded, None)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        scale = _scale(x)
        codes = x.mul(scale.reciprocal())  # FBGEMM rounds them itself
        multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
        return multiply(codes, 1.0, _ZERO, self._weight), scale


class Plain:
    """`torch._int_mm` on weights as they are stored, which may be mapped from the file."""

    name: ClassVar = "int_mm"

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        self._weight = weight.t()
        self._scale = scale

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        scale = _scale(x)
        codes = x.mul(scale.reciprocal()).round_().to(torch.int8)
        return torch._int_mm(codes, self._weight).to(torch.float32).mul_(self._scale), scale  # noqa: SLF001 - the only name it has


class WeightOnly:
    """int8 weights under float activations: right on every CPU, and the fallback where no int8 product is fast."""

    name: ClassVar = "weight_only"
    FEW = 16
    """Rows up to which weights are widened as they are read; beyond, a matrix at a time."""
    STEP = 16
    """Inputs that the kernel takes at a time; with a number that is no multiple of it, it reads what is not its own."""

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        self._weight = weight
        self._scale = scale
        self._narrow = scale.bfloat16()

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        if len(x) <= self.FEW and self._weight.shape[1] % self.STEP == 0:
            return torch._weight_int8pack_mm(x.bfloat16(), self._weight, self._narrow).float(), _ONE  # noqa: SLF001
        return functional.linear(x, self._weight.to(torch.float32)).mul_(self._scale), _ONE


class Wide:
    """Weights widened once, for GPUs, which have room for them."""

    name: ClassVar = "bfloat16"

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._weight = (weight.to(device).float() * scale.to(device)[:, None]).bfloat16()
        self._one = _ONE.to(device)

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        return functional.linear(x.bfloat16(), self._weight).float(), self._one


Kernel = type[Packed | Narrow | Plain | WeightOnly | Wide]

KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in (Packed, Narrow, Plain, WeightOnly, Wide)}

_ONE = torch.ones(1)
_HALF_UP = _ZERO + 0.5  # what is cut off behind the point then rounds


def _scale(x: Tensor) -> Tensor:
    largest = torch.maximum(x.amax(1, keepdim=True), x.amin(1, keepdim=True).neg_())
    return largest.div_(LARGEST).clamp_(min=1e-30)
