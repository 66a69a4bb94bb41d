"""Which kernel is the fastest on this machine, of those that compute right: measured at set-up, and written down."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from models.engines.native.linear import KERNELS, Packed, Plain, WeightOnly, Wide

FILE = "kernel.json"

ROWS = {1: 0.4, 8: 0.4, 256: 0.2}
"""Rows that are measured, and how much each counts: two answers of five are written alone, two beside others."""

SIDE, TIMES = 2048, 5
CLOSE = 1e-2  # of the largest number: half a step of int8 activations, with room
TOO_SLOW = 0.5  # seconds for a product of a small matrix: a reference implementation, not to be waited for


@dataclass(frozen=True, slots=True)
class Choice:
    """A kernel, the machine it was chosen on, and the milliseconds that each took for ROWS of a square matrix."""

    kernel: str
    machine: str
    milliseconds: dict[str, list[float]]


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
    times = {kernel.name: [round(1e3 * _seconds(kernel, rows), 3) for rows in ROWS] for kernel in _right()}
    weighed = {
        name: sum(t * weight for t, weight in zip(row, ROWS.values(), strict=True)) for name, row in times.items()
    }
    return Choice(min(weighed, key=weighed.__getitem__), machine(), times)


def _right() -> list[type[Packed | Plain | WeightOnly]]:
    return [WeightOnly, *(kernel for kernel in (Packed, Plain) if _is_right(kernel))]


def _is_right(kernel: type[Packed | Plain]) -> bool:
    """Whether large numbers come out as they should: without VNNI, some instructions for int8 overflow."""
    weight = torch.full((64, 64), 127, dtype=torch.int8)
    x = torch.linspace(0.9, 1, 32 * 64).reshape(32, 64)
    try:
        started = time.perf_counter()
        product, factor = kernel(weight, torch.ones(64))(x)
        taken = time.perf_counter() - started
    except (RuntimeError, NotImplementedError):
        return False
    expected = x @ weight.t().float()
    return taken < TOO_SLOW and bool(((product * factor - expected).abs().max() / expected.max()) < CLOSE)


def _seconds(kernel: type[Packed | Plain | WeightOnly], rows: int) -> float:
    linear = kernel(torch.randint(-127, 128, (SIDE, SIDE), dtype=torch.int8), torch.ones(SIDE))
    x, best = torch.randn(rows, SIDE), float("inf")
    for _ in range(TIMES):
        started = time.perf_counter()
        linear(x)
        best = min(best, time.perf_counter() - started)
    return best
