"""The tensors of safetensors or GGUF files, by their names in transformers, in blocks of rows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import torch
from gguf import GGUFReader, dequantize
from safetensors import safe_open
from torch import Tensor

BLOCK_ROWS = 4096
"""Rows converted to float32 at a time: 25 MB for the bundled model's widest rows."""

_INDEX = "model.safetensors.index.json"
_GGUF_NAMES = (
    (r"model\.layers\.(\d+)\.self_attn\.([qkv])_proj\.", r"blk.\1.attn_\2."),
    (r"model\.layers\.(\d+)\.self_attn\.o_proj\.", r"blk.\1.attn_output."),
    (r"model\.layers\.(\d+)\.mlp\.(gate|up|down)_proj\.", r"blk.\1.ffn_\2."),
    (r"model\.layers\.(\d+)\.input_layernorm\.", r"blk.\1.attn_norm."),
    (r"model\.layers\.(\d+)\.post_attention_layernorm\.", r"blk.\1.ffn_norm."),
    (r"model\.embed_tokens\.", "token_embd."),
    (r"model\.norm\.", "output_norm."),
    (r"lm_head\.", "output."),
)


class Tensors(Protocol):
    """The tensors of one model."""

    def __contains__(self, name: str) -> bool:
        """Returns whether there is a tensor with this name."""

    def shape(self, name: str) -> tuple[int, ...]:
        """Returns the shape of a tensor, rows first."""

    def blocks(self, name: str) -> Iterator[Tensor]:
        """Yields a tensor as float32 in blocks of rows; a one-dimensional tensor as one block."""


class GgufTensors:
    """The tensors of a GGUF file with Qwen 2's layers. For other architectures, llama.cpp reorders rows."""

    def __init__(self, reader: GGUFReader) -> None:
        self._tensors = {tensor.name: tensor for tensor in reader.tensors}

    def __contains__(self, name: str) -> bool:
        return _gguf_name(name) in self._tensors

    def shape(self, name: str) -> tuple[int, ...]:
        """See Tensors."""
        return tuple(int(size) for size in reversed(self._tensors[_gguf_name(name)].shape))

    def blocks(self, name: str) -> Iterator[Tensor]:
        """See Tensors."""
        tensor = self._tensors[_gguf_name(name)]
        step = BLOCK_ROWS if tensor.data.ndim > 1 else len(tensor.data)
        for first in range(0, len(tensor.data), step):
            yield torch.tensor(dequantize(tensor.data[first : first + step], tensor.tensor_type), dtype=torch.float32)


class SafetensorsTensors:
    """The tensors of a folder's safetensors files."""

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("*.safetensors"))
        if (index := folder / _INDEX).is_file():
            files = sorted({folder / name for name in json.loads(index.read_text("utf-8"))["weight_map"].values()})
        opened = [safe_open(path, "pt") for path in files]
        self._files = {name: file for file in opened for name in file.keys()}  # noqa: SIM118 - not a mapping

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def shape(self, name: str) -> tuple[int, ...]:
        """See Tensors."""
        return tuple(self._files[name].get_slice(name).get_shape())

    def blocks(self, name: str) -> Iterator[Tensor]:
        """See Tensors."""
        tensor = self._files[name].get_slice(name)
        rows, *columns = self.shape(name)
        step = BLOCK_ROWS if columns else rows
        for first in range(0, rows, step):
            yield tensor[first : first + step].float()


def _gguf_name(name: str) -> str:
    for pattern, replacement in _GGUF_NAMES:
        name = re.sub(f"^{pattern}", replacement, name)
    return name
