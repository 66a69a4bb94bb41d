"""Loads the weights that `models.conversion.quantize` wrote."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from models.engines.native.decoder import Layer, Weights
from models.engines.native.linear import KERNELS, Linear
from models.engines.native.shape import DecoderShape

WEIGHTS, EMBEDDING = "model.safetensors", "embedding.safetensors"
"""Separate files: the embedding stays memory-mapped, so that only the rows in use are loaded."""


def load(folder: Path, shape: DecoderShape, kernel: str, device: str) -> Weights:
    """Returns the weights in a folder, packed for a kernel.

    Weights that the kernel does not repack stay memory-mapped.
    """
    with safe_open(folder / WEIGHTS, "pt") as file:
        names = set(file.keys())

        def vector(name: str) -> Tensor:
            tensor: Tensor = file.get_tensor(name).clone().to(device)  # a view would keep the whole file
            return tensor

        def optional(name: str) -> Tensor | None:
            return vector(name) if name in names else None

        def linear(name: str) -> Linear:
            return KERNELS[kernel](file.get_tensor(f"{name}.weight"), vector(f"{name}.scale"))

        def layer(index: int) -> Layer:
            return Layer(
                norm=vector(f"{index}.norm"),
                qkv=linear(f"{index}.qkv"),
                bias=optional(f"{index}.qkv.bias"),
                query_norm=optional(f"{index}.query_norm"),
                key_norm=optional(f"{index}.key_norm"),
                out=linear(f"{index}.out"),
                norm_after=optional(f"{index}.norm_after"),
                feed_norm=vector(f"{index}.feed_norm"),
                gate_up=linear(f"{index}.gate_up"),
                down=linear(f"{index}.down"),
                feed_norm_after=optional(f"{index}.feed_norm_after"),
            )

        # oneDNN and FBGEMM pack a matrix on one core, at 0.2 and 0.1 GB/s: the largest first.
        with ThreadPoolExecutor(torch.get_num_threads()) as threads:
            head = threads.submit(linear, "head")
            layers = list(threads.map(layer, range(shape.layers)))
        embedding = load_file(folder / EMBEDDING)
        return Weights(
            embedding=embedding["weight"],
            embedding_scale=embedding["scale"],
            layers=layers,
            norm=vector("norm"),
            head=head.result(),
            rotary=[vector(f"rotary.{kind}") for kind in range(max(shape.rotary) + 1)],
        )
