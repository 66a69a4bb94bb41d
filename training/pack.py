"""What a trained adapter's card and files are made of, small enough to come back from a GPU machine.

    python -m training.pack packed

Writes the checkpoint's weights as float16 in files, under the names of the matrices that they change, and
`packed.json`: where training stood, its settings, and the rows by direction. `training.export` makes the card of it.
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
from training.settings import Settings, chosen, parser

PACKED = "packed.json"

_ADAPTER = ".default."


def pack(settings: Settings, folder: Path) -> None:
    """Writes the checkpoint's weights and what is known of them to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = plain(load_file(settings.checkpoint / checkpoint.ADAPTER))
    files = [_file(folder, number, part) for number, part in enumerate(parts(tensors, settings.shipping.file_bytes), 1)]
    rows = {name: _rows(getattr(settings, name)) for name in ("shards", "kept")}
    said = checkpoint.state(settings.checkpoint) | {"files": files, "rows": rows}
    (folder / PACKED).write_text(json.dumps(said, indent=1), "utf-8")


def plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """float16, under names such as `model.layers.0.mlp.up_proj.lora_A.weight`."""
    return {name.replace(_ADAPTER, "."): tensor.to(torch.float16) for name, tensor in tensors.items()}


def parts(tensors: Mapping[str, Tensor], most: int) -> Iterator[dict[str, Tensor]]:
    """The tensors in order, in groups of at most so many bytes."""
    part: dict[str, Tensor] = {}
    size = 0
    for name, tensor in sorted(tensors.items()):
        if part and size + tensor.nbytes > most:
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
    arguments = parser(__doc__)
    arguments.add_argument("folder", type=Path, help="where to write")
    wanted = arguments.parse_args()
    pack(chosen(wanted), wanted.folder)


if __name__ == "__main__":
    main()
