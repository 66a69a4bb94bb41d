"""Packs a trained adapter for transfer from a GPU machine.

    python -m training.pack packed

Writes the checkpoint's weights as float16, in files, under the names of the matrices they change, and `packed.json`:
progress, settings, and rows by direction. `training.export` makes the card from it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from training import checkpoint, shards
from training.settings import TrainingSettings, argument_parser, settings_from

PACKED = "packed.json"

_ADAPTER = ".default."


def pack(settings: TrainingSettings, folder: Path) -> None:
    """Writes the checkpoint's weights and metadata to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = to_float16(load_file(settings.checkpoint / checkpoint.ADAPTER))
    files = [
        _file(folder, number, part)
        for number, part in enumerate(split_by_size(tensors, settings.shipping.file_bytes), 1)
    ]
    rows = {
        name: _rows(folder) for name, folder in (("shards", settings.shards), ("rehearsal", settings.rehearsal_shards))
    }
    content = checkpoint.read_state(settings.checkpoint) | {"files": files, "rows": rows}
    (folder / PACKED).write_text(json.dumps(content, indent=1), "utf-8")


def to_float16(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Returns the tensors as float16, with names such as `model.layers.0.mlp.up_proj.lora_A.weight`."""
    return {name.replace(_ADAPTER, "."): tensor.to(torch.float16) for name, tensor in tensors.items()}


def split_by_size(tensors: Mapping[str, Tensor], max_bytes: int) -> Iterator[dict[str, Tensor]]:
    """Yields the tensors in order, in groups of at most `most` bytes."""
    part: dict[str, Tensor] = {}
    size = 0
    for name, tensor in sorted(tensors.items()):
        if part and size + tensor.nbytes > max_bytes:
            yield part
            part, size = {}, 0
        part[name] = tensor
        size += tensor.nbytes
    yield part


def _rows(folder: Path) -> dict[str, int]:
    return dict(shards.manifest(folder)["rows"]) if (folder / shards.MANIFEST).is_file() else {}


def _file(folder: Path, number: int, tensors: dict[str, Tensor]) -> dict[str, Any]:
    path = folder / f"adapter-{number}.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path)
    content = path.read_bytes()
    return {"name": path.name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> None:
    """Packs the checkpoint."""
    parser = argument_parser(__doc__)
    parser.add_argument("folder", type=Path, help="output folder")
    arguments = parser.parse_args()
    pack(settings_from(arguments), arguments.folder)


if __name__ == "__main__":
    main()
