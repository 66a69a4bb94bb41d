"""Adapters for tests: random pairs of matrices for some linears, in the format of a shipped adapter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from models.adapters.card import CARD
from models.files.disk import sha256

RANK, ALPHA, FILES = 4, 8, 2


def pairs(shapes: Mapping[str, tuple[int, ...]], spread: float = 0.2, seed: int = 8) -> dict[str, Tensor]:
    """Returns the `lora_A` and `lora_B` of matrices with these names and shapes."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, (rows, columns) in shapes.items():
        tensors[f"{name}.lora_A.weight"] = spread * torch.randn(RANK, columns, generator=generator)
        tensors[f"{name}.lora_B.weight"] = spread * torch.randn(rows, RANK, generator=generator)
    return tensors


def write(folder: Path, model: str, tensors: dict[str, Tensor], **changes: Any) -> Path:
    """Writes the adapter's folder, its weights in FILES files."""
    folder.mkdir(parents=True)
    names = sorted(tensors)
    card = {"name": "news-1", "model": model, "revision": "unpinned", "licence": "CC0-1.0", "rank": RANK}
    lines = [f"{key} = {value!r}" for key, value in (card | {"alpha": ALPHA} | changes).items()]
    for number in range(FILES):
        path = folder / f"adapter-{number + 1}.safetensors"
        save_file({name: tensors[name] for name in names[number::FILES]}, path)
        lines += ["[[files]]", f'name = "{path.name}"', f"size = {path.stat().st_size}", f'sha256 = "{sha256(path)}"']
    (folder / CARD).write_text("\n".join(lines).replace("'", '"') + "\n", "utf-8")
    return folder


def linears(model: Any) -> dict[str, tuple[int, ...]]:
    """Returns the linears in the layers of a transformers model, by name, with their shapes."""
    return {
        name: tuple(module.weight.shape)
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and ".layers." in name
    }


def merged(model: Any, tensors: dict[str, Tensor]) -> Any:
    """Returns the model with the pairs added to its weights, as in the LoRA paper."""
    with torch.no_grad():
        for name in linears(model):
            change = ALPHA / RANK * (tensors[f"{name}.lora_B.weight"] @ tensors[f"{name}.lora_A.weight"])
            model.get_submodule(name).weight += change
    return model
