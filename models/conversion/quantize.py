"""A decoder's own files to the int8 folder that the native engine loads, with its tokenizer beside the weights.

Each tensor is widened in blocks of rows and quantized at once: little more than the int8 weights is ever in memory.
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

from models.adapters.merging import merged
from models.card import ModelCard
from models.conversion.gguf import ARCHITECTURES
from models.engines.native import kernels
from models.engines.native.checkpoint import EMBEDDING, WEIGHTS
from models.engines.native.linear import LARGEST
from models.engines.native.shape import Shape
from models.errors import LoadFailed
from models.files.progress import Progress
from models.files.tensors import Gguf, Safetensors, Tensors
from models.tokenizer import FOLDER

FAMILIES = {"qwen2": "Qwen2", "qwen3": "Qwen3", "llama": "Llama", "gemma3_text": "Gemma3"}
"""`model_type` of the configurations that the native engine computes, and the prefix of their classes."""

_TURNS = {"default", "linear", "llama3"}  # kinds of rotary positions whose frequencies are the same at any length
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
    """Writes the int8 model to the new folder `target`. Raises LoadFailed where the engine does not compute it."""
    config = _config(card, source)
    tensors = opened(card, source)
    gemma = config.model_type == "gemma3_text"
    shape, rotary = _shape(config), _rotary(config)
    made: dict[str, Tensor] = {f"rotary.{kind}": table for kind, table in enumerate(rotary)}
    parts = list(_parts(tensors, shape.layers, _GEMMA_NORMS if gemma else _NORMS))
    for done, part in enumerate(parts):
        progress.advance("convert", done, len(parts))
        made |= part(tensors, 1.0 if gemma else 0.0)
    target.mkdir(parents=True)
    embedding = {name: made.pop(f"embedding.{name}") for name in ("weight", "scale")}
    # Where one matrix serves both ends, it is written twice: the output's is laid out anew, the input's mapped.
    tied = {} if "head.weight" in made else {f"head.{name}": tensor for name, tensor in embedding.items()}
    save_file(embedding, target / EMBEDDING)
    save_file(made | tied, target / WEIGHTS)
    shape.save(target)
    kernels.save(target)
    given = {"gguf_file": card.gguf} if card.gguf else {}
    AutoTokenizer.from_pretrained(source, trust_remote_code=False, **given).save_pretrained(target / FOLDER)
    progress.advance("convert", len(parts), len(parts))


def opened(card: ModelCard, source: Path) -> Tensors:
    """The tensors of the card's files in `source`, its adapter merged into them."""
    return merged(card, Gguf(GGUFReader(source / card.gguf)) if card.gguf else Safetensors(source))


def matrices(tensors: Tensors, layers: int) -> dict[str, list[str]]:
    """The model's matrices by their names in the int8 folder, and the names of the tensors stacked in each.

    There is a "head" only where the output's matrix is not the input's.
    """
    found = {"embedding": ["model.embed_tokens"]}
    if "lm_head.weight" in tensors:
        found["head"] = ["lm_head"]
    for index in range(layers):
        layer = _LAYER.format(index)
        found |= {f"{index}.{name}": [layer + part for part in stacked] for name, stacked in _STACKED.items()}
    return found


def quantize(block: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of float32 to int8 and a scale for each: weight = code x scale, 127 the largest code."""
    scale = block.abs().amax(1).div_(LARGEST).clamp_(min=1e-30)
    return (block / scale[:, None]).round_().to(torch.int8), scale


def _config(card: ModelCard, source: Path) -> Any:
    if card.gguf:
        architecture = GGUFReader(source / card.gguf).fields["general.architecture"].contents()
        if architecture not in ARCHITECTURES:
            raise LoadFailed(f"{card.gguf}: no conversion for {architecture!r}.", "Use the transformers engine.")
    given = {"gguf_file": card.gguf} if card.gguf else {}
    config = AutoConfig.from_pretrained(source, trust_remote_code=False, **given).get_text_config()
    known = config.model_type in FAMILIES and {kind["rope_type"] for kind in _turns(config).values()} <= _TURNS
    if not known:
        raise LoadFailed(f"{card.id}: no native forward pass for {config.model_type!r}.", "Use another engine.")
    return config


def _turns(config: Any) -> dict[str, Any]:
    """The rotary parameters of each kind of layer."""
    given = config.rope_parameters
    return given if "rope_type" not in given else {"": given}


def _shape(config: Any) -> Shape:
    gemma = config.model_type == "gemma3_text"
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    kinds = getattr(config, "layer_types", None) or ["full_attention"] * config.num_hidden_layers
    tables = list(_turns(config))
    return Shape(
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
    """Each kind's frequencies, as transformers computes them."""
    module = import_module(f"transformers.models.{config.model_type.removesuffix('_text')}.modeling_"
                           f"{config.model_type.removesuffix('_text')}")  # fmt: skip
    made = getattr(module, f"{FAMILIES[config.model_type]}RotaryEmbedding")(config)
    return [getattr(made, f"{kind}_inv_freq" if kind else "inv_freq").clone() for kind in _turns(config)]


_Part = Callable[[Tensors, float], dict[str, Tensor]]


def _parts(tensors: Tensors, layers: int, norms: dict[str, str]) -> Iterator[_Part]:
    """What makes the tensors of the new file, each some of them. The number given is added to the norms."""
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
        made = {f"{name}.weight": torch.cat(codes), f"{name}.scale": torch.cat(scales)}
        biases = [_whole(tensors, f"{part}.bias") for part in stacked if f"{part}.bias" in tensors]
        return made | ({f"{name}.bias": torch.cat(biases)} if biases else {})

    return make


def _vector(name: str, part: str) -> _Part:
    return lambda tensors, offset: {name: _whole(tensors, part) + offset}


def _whole(tensors: Tensors, name: str) -> Tensor:
    return _joined(tensors.blocks(name))


def _joined(blocks: Iterable[Tensor]) -> Tensor:
    return torch.cat(list(blocks))
