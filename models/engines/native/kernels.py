"""Chooses the fastest correct kernel for this machine: measured during conversion, and stored."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from models.engines.native.linear import (
    KERNELS,
    Bfloat16Linear,
    FbgemmLinear,
    IntMmLinear,
    Kernel,
    Linear,
    OneDnnLinear,
    WeightOnlyLinear,
)

FILE = "kernel.json"

ROWS = {1: 0.3, 4: 0.2, 16: 0.2, 256: 0.3}
"""Row counts that are measured, with their weights: generation alone and among others, and reading prompts."""

OUTPUTS, INPUTS, LAYERS, REPEATS = 8192, 1536, 6, 3
"""Matrices that are multiplied in turn; together they exceed the CPU caches, as a model's layers do."""

TOLERANCE = 1e-2  # relative to the largest number: half a step of int8 activations, with a margin
GIVE_UP_RATIO = 5  # times slower than another kernel: it is not measured further
TOO_SLOW = 0.5  # seconds for a product of a small matrix: a reference implementation


@dataclass(frozen=True, slots=True)
class KernelChoice:
    """A kernel, the machine it was chosen on, and the milliseconds that each kernel took for ROWS."""

    kernel: str
    machine: str
    milliseconds: dict[str, list[float]]

    def cost(self, tokens: int) -> float:
        """Returns the kernel's milliseconds for this many tokens, interpolated; 1 if it was not measured."""
        times = self.milliseconds.get(self.kernel)
        return float(np.interp(tokens, list(ROWS), times)) if times else 1.0


def load_choice(folder: Path, device: str) -> KernelChoice:
    """Returns the stored choice; measures again on another machine, and returns the GPU kernel on a GPU."""
    if device != "cpu":
        return KernelChoice(Bfloat16Linear.name, machine_id(), {})
    try:
        choice = KernelChoice(**json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return measure()
    return choice if choice.machine == machine_id() and choice.kernel in KERNELS else measure()


def save_choice(folder: Path) -> None:
    """Measures the kernels, and stores the choice with the weights."""
    (folder / FILE).write_text(json.dumps(asdict(measure()), indent=1), "utf-8")


def machine_id() -> str:
    """Returns what the choice depends on: the PyTorch version and the CPU's capabilities."""
    capability = sorted(name for name, has in torch.cpu.get_capabilities().items() if has is True)
    return f"torch {torch.__version__}, {' '.join(capability)}"


def measure() -> KernelChoice:
    """Measures every kernel that is correct here, and chooses one. WeightOnlyLinear always is."""
    times: dict[str, list[float]] = {kernel.name: [] for kernel in correct_kernels()}
    layers = {name: _layers(KERNELS[name]) for name in times}
    for rows in ROWS:
        for name, row in times.items():
            row.append(round(1e3 * _seconds(layers[name], rows), 3))
        best = min(row[-1] for row in times.values())
        times = {name: row for name, row in times.items() if row[-1] <= GIVE_UP_RATIO * best}
    weighed = {
        name: sum(math.log(t) * weight for t, weight in zip(row, ROWS.values(), strict=True))
        for name, row in times.items()
    }
    return KernelChoice(min(weighed, key=weighed.__getitem__), machine_id(), times)


def correct_kernels() -> list[Kernel]:
    """Returns the kernels that compute correctly on this processor."""
    return [WeightOnlyLinear, *(kernel for kernel in (OneDnnLinear, FbgemmLinear, IntMmLinear) if _is_correct(kernel))]


def _is_correct(kernel: Kernel) -> bool:
    """Returns whether large numbers are multiplied correctly: without VNNI, some int8 instructions overflow."""
    weight = torch.full((64, 64), 127, dtype=torch.int8)
    x = torch.linspace(0.9, 1, 32 * 64).reshape(32, 64)
    try:
        started = time.perf_counter()
        product, factor = kernel(weight, torch.ones(64))(x)
        elapsed = time.perf_counter() - started
    except (RuntimeError, NotImplementedError, AttributeError):  # an operation may be missing by name, too
        return False
    expected = x @ weight.t().float()
    return elapsed < TOO_SLOW and bool(((product * factor - expected).abs().max() / expected.max()) < TOLERANCE)


def _layers(kernel: Kernel) -> list[Linear]:
    scale = torch.ones(OUTPUTS)
    return [kernel(torch.randint(-127, 128, (OUTPUTS, INPUTS), dtype=torch.int8), scale) for _ in range(LAYERS)]


def _seconds(layers: Sequence[Linear], rows: int) -> float:
    """Returns the shortest time of a pass over all layers."""
    return min(_pass(layers, torch.randn(rows, INPUTS)) for _ in range(REPEATS))


def _pass(layers: Sequence[Linear], x: torch.Tensor) -> float:
    started = time.perf_counter()
    for layer in layers:
        layer(x)
    return time.perf_counter() - started
