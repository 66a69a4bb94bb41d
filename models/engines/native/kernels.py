"""Which kernel is the fastest on this machine, of those that compute right: measured at set-up, and written down."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from models.engines.native.linear import KERNELS, Kernel, Linear, Narrow, Packed, Plain, WeightOnly, Wide

FILE = "kernel.json"

ROWS = {1: 0.3, 4: 0.2, 16: 0.2, 256: 0.3}
"""Rows that are measured, and how much each counts: answers written alone, beside others, and prompts read."""

OUTPUTS, INPUTS, LAYERS, TIMES = 8192, 1536, 6, 3
"""Matrices that are multiplied in turn: together too large for a cache, as a model's layers are."""

CLOSE = 1e-2  # of the largest number: half a step of int8 activations, with room
HOPELESS = 5  # times as long as another kernel: it is not measured on
TOO_SLOW = 0.5  # seconds for a product of a small matrix: a reference implementation, not to be waited for


@dataclass(frozen=True, slots=True)
class Choice:
    """A kernel, the machine it was chosen on, and the milliseconds that each took for ROWS."""

    kernel: str
    machine: str
    milliseconds: dict[str, list[float]]

    def cost(self, tokens: int) -> float:
        """Milliseconds that the kernel takes for so many tokens, by those that were measured; 1 where none was."""
        times = self.milliseconds.get(self.kernel)
        return float(np.interp(tokens, list(ROWS), times)) if times else 1.0


def chosen(folder: Path, device: str) -> Choice:
    """What was chosen at set-up; measured anew where that was another machine, or for a GPU."""
    if device != "cpu":
        return Choice(Wide.name, machine(), {})
    try:
        choice = Choice(**json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return measure()
    return choice if choice.machine == machine() and choice.kernel in KERNELS else measure()


def save(folder: Path) -> None:
    """Measures, and writes the choice beside the weights."""
    (folder / FILE).write_text(json.dumps(asdict(measure()), indent=1), "utf-8")


def machine() -> str:
    """What the choice depends on: PyTorch, and what the CPU can do."""
    capability = sorted(name for name, has in torch.cpu.get_capabilities().items() if has is True)
    return f"torch {torch.__version__}, {' '.join(capability)}"


def measure() -> Choice:
    """Times every kernel that is right here. There is always one: WeightOnly."""
    times: dict[str, list[float]] = {kernel.name: [] for kernel in right()}
    layers = {name: _layers(KERNELS[name]) for name in times}
    for rows in ROWS:
        for name, row in times.items():
            row.append(round(1e3 * _seconds(layers[name], rows), 3))
        best = min(row[-1] for row in times.values())
        times = {name: row for name, row in times.items() if row[-1] <= HOPELESS * best}
    weighed = {
        name: sum(math.log(t) * weight for t, weight in zip(row, ROWS.values(), strict=True))
        for name, row in times.items()
    }
    return Choice(min(weighed, key=weighed.__getitem__), machine(), times)


def right() -> list[Kernel]:
    """The kernels that compute right on this processor."""
    return [WeightOnly, *(kernel for kernel in (Packed, Narrow, Plain) if _is_right(kernel))]


def _is_right(kernel: Kernel) -> bool:
    """Whether large numbers come out as they should: without VNNI, some instructions for int8 overflow."""
    weight = torch.full((64, 64), 127, dtype=torch.int8)
    x = torch.linspace(0.9, 1, 32 * 64).reshape(32, 64)
    try:
        started = time.perf_counter()
        product, factor = kernel(weight, torch.ones(64))(x)
        taken = time.perf_counter() - started
    except (RuntimeError, NotImplementedError, AttributeError):  # an operation may be missing by name, too
        return False
    expected = x @ weight.t().float()
    return taken < TOO_SLOW and bool(((product * factor - expected).abs().max() / expected.max()) < CLOSE)


def _layers(kernel: Kernel) -> list[Linear]:
    scale = torch.ones(OUTPUTS)
    return [kernel(torch.randint(-127, 128, (OUTPUTS, INPUTS), dtype=torch.int8), scale) for _ in range(LAYERS)]


def _seconds(layers: Sequence[Linear], rows: int) -> float:
    """The least that a pass over all layers took."""
    return min(_pass(layers, torch.randn(rows, INPUTS)) for _ in range(TIMES))


def _pass(layers: Sequence[Linear], x: torch.Tensor) -> float:
    started = time.perf_counter()
    for layer in layers:
        layer(x)
    return time.perf_counter() - started
