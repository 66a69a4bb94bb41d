"""Where training stands: the adapter, the optimizer and the step, written whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from training.network import trained
from training.settings import Settings

ADAPTER, OPTIMIZER, STATE = "adapter.safetensors", "optimizer.pt", "state.json"
_SAME = ("model", "seed", "lora", "train")
"""Settings that a run cannot change once begun."""


@dataclass(slots=True)
class Standing:
    """Steps done, seconds that they took, and the losses that were shown: pairs of a step and a mean."""

    step: int
    seconds: float
    losses: list[tuple[int, float]]


def save(folder: Path, model: Any, optimizer: Any, standing: Standing, settings: Settings) -> None:
    """Writes a checkpoint beside the last one, which it then replaces."""
    fresh = folder.with_name(folder.name + ".new")
    fresh.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.detach().contiguous() for name, tensor in trained(model).items()}, fresh / ADAPTER)
    torch.save(optimizer.state_dict(), fresh / OPTIMIZER)
    said = {"step": standing.step, "seconds": standing.seconds, "losses": standing.losses}
    (fresh / STATE).write_text(json.dumps(said | {"settings": settings.dictionary()}, indent=1), "utf-8")
    _remove(folder)
    fresh.rename(folder)


def restore(folder: Path, model: Any, optimizer: Any, settings: Settings) -> Standing:
    """Puts a checkpoint's state into a model and its optimizer; the beginning's where there is none.

    Raises ValueError where it was begun with other settings.
    """
    if not (folder / STATE).is_file():
        return Standing(0, 0.0, [])
    said = state(folder)
    changed = [name for name in _SAME if said["settings"][name] != settings.dictionary()[name]]
    if changed:
        raise ValueError(f"{folder} was begun with another `{'`, `'.join(changed)}`: remove it, or set that back.")
    adapter(folder, model)
    optimizer.load_state_dict(torch.load(folder / OPTIMIZER, weights_only=True))
    return Standing(said["step"], said["seconds"], [tuple(pair) for pair in said["losses"]])


def adapter(folder: Path, model: Any) -> None:
    """Puts a checkpoint's adapter into a model that has one of its shape."""
    found, parameters = load_file(folder / ADAPTER), trained(model)
    if found.keys() != parameters.keys():
        raise ValueError(f"{folder} holds the adapter of another model.")
    with torch.no_grad():
        for name, tensor in found.items():
            parameters[name].copy_(tensor)


def state(folder: Path) -> dict[str, Any]:
    """What stands beside the weights: step, seconds, losses, settings."""
    found: dict[str, Any] = json.loads((folder / STATE).read_text("utf-8"))
    return found


def _remove(folder: Path) -> None:
    for name in (ADAPTER, OPTIMIZER, STATE):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir():
        folder.rmdir()
