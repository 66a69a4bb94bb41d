"""Checkpoints of training: the adapter, the optimizer and the progress, written atomically."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from training.network import adapter_parameters
from training.settings import TrainingSettings

ADAPTER, OPTIMIZER, STATE = "adapter.safetensors", "optimizer.pt", "state.json"
_SAME = ("model", "seed", "lora", "train")
"""Settings that must not change within a run."""


@dataclass(slots=True)
class TrainingState:
    """Progress: steps done, seconds taken, and reported losses as pairs of step and mean."""

    step: int
    seconds: float
    losses: list[tuple[int, float]]


def save(folder: Path, model: Any, optimizer: Any, state: TrainingState, settings: TrainingSettings) -> None:
    """Writes a checkpoint next to the last one, then replaces it."""
    temporary = folder.with_name(folder.name + ".new")
    temporary.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: tensor.detach().contiguous() for name, tensor in adapter_parameters(model).items()}, temporary / ADAPTER
    )
    torch.save(optimizer.state_dict(), temporary / OPTIMIZER)
    content = {"step": state.step, "seconds": state.seconds, "losses": state.losses}
    (temporary / STATE).write_text(json.dumps(content | {"settings": settings.to_dict()}, indent=1), "utf-8")
    _remove(folder)
    temporary.rename(folder)


def restore(folder: Path, model: Any, optimizer: Any, settings: TrainingSettings) -> TrainingState:
    """Loads a checkpoint into a model and its optimizer; returns the initial state if there is none.

    Raises ValueError if the checkpoint has other settings.
    """
    if not (folder / STATE).is_file():
        return TrainingState(0, 0.0, [])
    content = read_state(folder)
    changed = [name for name in _SAME if content["settings"][name] != settings.to_dict()[name]]
    if changed:
        names = "`, `".join(changed)
        raise ValueError(f"{folder} was started with different settings (`{names}`): remove it, or restore them.")
    load_adapter(folder, model)
    optimizer.load_state_dict(torch.load(folder / OPTIMIZER, weights_only=True))
    return TrainingState(content["step"], content["seconds"], [tuple(pair) for pair in content["losses"]])


def load_adapter(folder: Path, model: Any) -> None:
    """Loads a checkpoint's adapter into a model with an adapter of the same shape."""
    tensors, parameters = load_file(folder / ADAPTER), adapter_parameters(model)
    if tensors.keys() != parameters.keys():
        raise ValueError(f"{folder} contains the adapter of another model.")
    with torch.no_grad():
        for name, tensor in tensors.items():
            parameters[name].copy_(tensor)


def read_state(folder: Path) -> dict[str, Any]:
    """Returns a checkpoint's steps, seconds, losses and settings."""
    content: dict[str, Any] = json.loads((folder / STATE).read_text("utf-8"))
    return content


def _remove(folder: Path) -> None:
    for name in (ADAPTER, OPTIMIZER, STATE):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir():
        folder.rmdir()
