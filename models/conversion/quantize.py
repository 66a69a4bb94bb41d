"""Quantizes a decoder's original files to the int8 folder that the native engine loads, including its tokenizer.

Each tensor is converted in blocks of rows, so that memory holds little more than the int8 weights.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoConfig, AutoTokenizer

from models.adapters.merging import merge_adapter
from models.card import ModelCard
from models.conversion.gguf import ARCHITECTURES
from models.engines.native import kernels
from models.engines.native.checkpoint import EMBEDDING, WEIGHTS
from models.engines.native.linear import LARGEST
from models.engines.native.shape import DecoderShape
from models.errors import LoadFailed
from models.files.progress import Progress
from models.files.tensors import GgufTensors, SafetensorsTensors, Tensors
from models.tokenizer import FOLDER

FAMILIES = {"qwen2": "Qwen2", "qwen3": "Qwen3", "llama": "Llama", "gemma3_text": "Gemma3"}
"""The `model_type`s that the native engine supports, with the prefix of their classes in transformers."""

_FIXED_ROPE = {
    "default",
    "linear",
    "llama3",
}  # kinds of rotary embeddings whose frequencies do not depend on the length
_LAYER = "model.layers.{}."
_STACKED = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
_NORMS = {"norm": "input_layernorm", "feed_norm": "post_attention_layernorm",
          "query_norm": "self_attn.q_norm", "key_norm": "self_attn.k_norm"}  # fmt: skip
_GEMMA_NORMS = _NORMS | {"norm_after": "post_attention_layernorm", "feed_norm": "pre_feedforward_layernorm",
                         "feed_norm_after": "post_feedforward_layernorm"}  # fmt: skip


def convert(card: ModelCard, source: Path, target: Path, progress: Progress) -> None:
    """Writes the int8 model to the new folder `target`. Raises LoadFailed if the engine does not support it."""
    config = _config(card, source)
    tensors = open_tensors(card, source)
    gemma = config.model_type == "gemma3_text"
    shape, rotary = _shape(config), _rotary(config)
    tensors_by_name: dict[str, Tensor] = {f"rotary.{kind}": table for kind, table in enumerate(rotary)}
    parts = list(_parts(tensors, shape.layers, _GEMMA_NORMS if gemma else _NORMS))
    for done, part in enumerate(parts):
        progress.advance("convert", done, len(parts))
        tensors_by_name |= part(tensors, 1.0 if gemma else 0.0)
    target.mkdir(parents=True)
    embedding = {name: tensors_by_name.pop(f"embedding.{name}") for name in ("weight", "scale")}
    # A tied embedding is written twice: the output layer's is repacked for the kernel, the input's memory-mapped.
    tied = {} if "head.weight" in tensors_by_name else {f"head.{name}": tensor for name, tensor in embedding.items()}
    save_file(embedding, target / EMBEDDING)
    save_file(tensors_by_name | tied, target / WEIGHTS)
    shape.save(target)
    kernels.save_choice(target)
    options = {"gguf_file": card.gguf} if card.gguf else {}
    AutoTokenizer.from_pretrained(source, trust_remote_code=False, **options).save_pretrained(target / FOLDER)
    progress.advance("convert", len(parts), len(parts))


def open_tensors(card: ModelCard, source: Path) -> Tensors:
    """Returns the tensors of the card's files in `source`, with its adapter merged."""
    return merge_adapter(card, GgufTensors(GGUFReader(source / card.gguf)) if card.gguf else SafetensorsTensors(source))


def matrices(tensors: Tensors, layers: int) -> dict[str, list[str]]:
    """Returns the model's matrices by their names in the int8 folder, with the names of the tensors stacked in each.

    There is a "head" only if the output's matrix is not the input's.
    """
    names = {"embedding": ["model.embed_tokens"]}
    if "lm_head.weight" in tensors:
        names["head"] = ["lm_head"]
    for index in range(layers):
        layer = _LAYER.format(index)
        names |= {f"{index}.{name}": [layer + part for part in stacked] for name, stacked in _STACKED.items()}
    return names


def quantize(block: Tensor) -> tuple[Tensor, Tensor]:
    """Quantizes rows of float32 to int8 with one scale each: weight = code x scale, at most 127."""
    scale = block.abs().amax(1).div_(LARGEST).clamp_(min=1e-30)
    return (block / scale[:, None]).round_().to(torch.int8), scale


def _config(card: ModelCard, source: Path) -> Any:
    if card.gguf:
        architecture = GGUFReader(source / card.gguf).fields["general.architecture"].contents()
        if architecture not in ARCHITECTURES:
            raise LoadFailed(
                f"{card.gguf}: the architecture {architecture!r} is not supported.", "Use the transformers engine."
            )
    options = {"gguf_file": card.gguf} if card.gguf else {}
    config = AutoConfig.from_pretrained(source, trust_remote_code=False, **options).get_text_config()
    known = (
        config.model_type in FAMILIES
        and {kind["rope_type"] for kind in _rotary_parameters(config).values()} <= _FIXED_ROPE
    )
    if not known:
        raise LoadFailed(f"{card.id}: the native engine does not support {config.model_type!r}.", "Use another engine.")
    return config


def _rotary_parameters(config: Any) -> dict[str, Any]:
    """Returns the rotary parameters of each kind of layer."""
    parameters = config.rope_parameters
    return parameters if "rope_type" not in parameters else {"": parameters}


def _shape(config: Any) -> DecoderShape:
    gemma = config.model_type == "gemma3_text"
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    kinds = getattr(config, "layer_types", None) or ["full_attention"] * config.num_hidden_layers
    tables = list(_rotary_parameters(config))
    return DecoderShape(
        heads=config.num_attention_heads,
        key_heads=config.num_key_value_heads,
        head_size=size,
        epsilon=config.rms_norm_eps,
        activation=config.hidden_activation if gemma else config.hidden_act,
        embedding_scale=config.hidden_size**0.5 if gemma else 1.0,
        attention_scale=(config.query_pre_attn_scalar if gemma else size) ** -0.5,
        sliding=tuple(config.sliding_window if kind == "sliding_attention" else 0 for kind in kinds),
        rotary=tuple(tables.index(kind) if kind in tables else 0 for kind in kinds),
    )


def _rotary(config: Any) -> list[Tensor]:
    """Returns the frequencies of each kind of layer, as transformers computes them."""
    module = import_module(f"transformers.models.{config.model_type.removesuffix('_text')}.modeling_"
                           f"{config.model_type.removesuffix('_text')}")  # fmt: skip
    embedding = getattr(module, f"{FAMILIES[config.model_type]}RotaryEmbedding")(config)
    return [
        getattr(embedding, f"{kind}_inv_freq" if kind else "inv_freq").clone() for kind in _rotary_parameters(config)
    ]


_Part = Callable[[Tensors, float], dict[str, Tensor]]


def _parts(tensors: Tensors, layers: int, norms: dict[str, str]) -> Iterator[_Part]:
    """Yields functions that each compute some tensors of the new file. Their second argument is added to the norms."""
    for name, stacked in matrices(tensors, layers).items():
        yield _linear(name, stacked)
    yield _vector("norm", "model.norm.weight")
    for index in range(layers):
        layer = _LAYER.format(index)
        for name, part in norms.items():
            if f"{layer}{part}.weight" in tensors:
                yield _vector(f"{index}.{name}", f"{layer}{part}.weight")


def _linear(name: str, stacked: Sequence[str]) -> _Part:
    def make(tensors: Tensors, _offset: float) -> dict[str, Tensor]:
        blocks = chain.from_iterable(tensors.blocks(f"{part}.weight") for part in stacked)
        codes, scales = zip(*map(quantize, blocks), strict=True)
        tensors_by_name = {f"{name}.weight": torch.cat(codes), f"{name}.scale": torch.cat(scales)}
        biases = [_read(tensors, f"{part}.bias") for part in stacked if f"{part}.bias" in tensors]
        return tensors_by_name | ({f"{name}.bias": torch.cat(biases)} if biases else {})

    return make


def _vector(name: str, part: str) -> _Part:
    return lambda tensors, offset: {name: _read(tensors, part) + offset}


def _read(tensors: Tensors, name: str) -> Tensor:
    return _concatenate(tensors.blocks(name))


def _concatenate(blocks: Iterable[Tensor]) -> Tensor:
    return torch.cat(list(blocks))
