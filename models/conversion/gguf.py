"""Converts a GGUF file to a CTranslate2 model, tensor by tensor.

Loading the file with transformers first would hold every weight as float32 (6 GB and 100 s for the bundled model). Here
each tensor is dequantized in blocks of rows and immediately quantized again, so that memory holds little more than the
int8 weights.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import common_spec, transformer_spec
from ctranslate2.specs.model_spec import NumpyVariable
from gguf import GGUFReader
from transformers import AutoTokenizer

from models.adapters.merging import merge_adapter
from models.card import ModelCard
from models.errors import LoadFailed
from models.files.tensors import GgufTensors, Tensors
from models.tokenizer import FOLDER as TOKENIZER

ARCHITECTURES = ("qwen2",)
"""Supported values of `general.architecture`. Other files run on the transformers engine."""

_EXTRA_TOKEN = "<extra_id_{}>"  # noqa: S105 - not a secret: the name of unused vocabulary rows

OnProgress = Callable[[int, int], None]
"""Called with the number of converted tensors and their total."""


def to_ctranslate2(
    card: ModelCard, path: Path, folder: Path, *, quantized: bool = True, progress: OnProgress | None = None
) -> None:
    """Writes the model in the file `path` to `folder`, with its tokenizer: int8 if `quantized`, else float32.

    The card's adapter is merged into the weights. Raises LoadFailed when the file's architecture is not in
    ARCHITECTURES.
    """
    reader = GGUFReader(path)
    architecture = reader.fields["general.architecture"].contents()
    if architecture not in ARCHITECTURES:
        raise LoadFailed(
            f"{path.name}: the architecture {architecture!r} is not supported.", "Use the transformers engine."
        )
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name, trust_remote_code=False)
    spec = _specification(reader, architecture)
    _fill(spec, merge_adapter(card, GgufTensors(reader)), quantized=quantized, progress=progress)
    _configure(spec, reader, architecture, tokenizer)
    spec.validate()
    spec.optimize()  # aliases identical weights; they are already quantized
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer.save_pretrained(folder / TOKENIZER)


def _specification(reader: GGUFReader, architecture: str) -> transformer_spec.TransformerDecoderModelSpec:
    def field(name: str) -> Any:
        return reader.fields[f"{architecture}.{name}"].contents()

    heads, key_heads = field("attention.head_count"), field("attention.head_count_kv")
    return transformer_spec.TransformerDecoderModelSpec.from_config(
        field("block_count"),
        heads,
        activation=common_spec.Activation.SWISH,
        pre_norm=True,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,
        rotary_interleave=False,
        rotary_base=field("rope.freq_base"),
        num_heads_kv=key_heads if key_heads != heads else None,
    )


def _fill(spec: Any, tensors: Tensors, *, quantized: bool, progress: OnProgress | None) -> None:
    linears = list(_linears(spec.decoder, "lm_head" if "lm_head.weight" in tensors else "model.embed_tokens"))
    total, done = len(linears), 0
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda item: _set(item[0], item[1], tensors, quantized=quantized), linears)
        for (layer, names), _ in zip(linears, results, strict=True):
            biases = [_floats(tensors, f"{name}.bias") for name in names if f"{name}.bias" in tensors]
            if biases:
                layer.bias = np.concatenate(biases)
            done += 1
            if progress:
                progress(done, total)
    spec.decoder.scale_embeddings = False
    spec.decoder.layer_norm.gamma = _floats(tensors, "model.norm.weight")
    for index, layer in enumerate(spec.decoder.layer):
        block = f"model.layers.{index}."
        layer.self_attention.layer_norm.gamma = _floats(tensors, f"{block}input_layernorm.weight")
        layer.ffn.layer_norm.gamma = _floats(tensors, f"{block}post_attention_layernorm.weight")


def _linears(decoder: Any, output: str) -> Any:
    """Yields each layer of the specification with the names of the matrices stacked in its weight."""
    yield decoder.embeddings, ["model.embed_tokens"]
    yield decoder.projection, [output]
    for index, layer in enumerate(decoder.layer):
        block = f"model.layers.{index}."
        yield layer.self_attention.linear[0], [f"{block}self_attn.{part}_proj" for part in "qkv"]
        yield layer.self_attention.linear[1], [f"{block}self_attn.o_proj"]
        yield layer.ffn.linear_0, [f"{block}mlp.gate_proj"]
        yield layer.ffn.linear_0_noact, [f"{block}mlp.up_proj"]
        yield layer.ffn.linear_1, [f"{block}mlp.down_proj"]


def _set(layer: Any, names: list[str], tensors: Tensors, *, quantized: bool) -> None:
    shapes = [tensors.shape(f"{name}.weight") for name in names]
    rows, columns = sum(shape[0] for shape in shapes), shapes[0][1]
    weight = np.empty((rows, columns), np.int8 if quantized else np.float32)
    scale = np.empty(rows, np.float32)
    at = 0
    for block in chain.from_iterable(tensors.blocks(f"{name}.weight") for name in names):
        here = slice(at, at := at + len(block))
        weight[here], scale[here] = quantize(block.numpy()) if quantized else (block.numpy(), 1)
    layer.weight = NumpyVariable(weight)
    if quantized:
        layer.weight_scale = NumpyVariable(scale)


def quantize(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quantizes rows of float32 to int8 with one scale each, as CTranslate2 does: code = weight x scale, at most 127.

    Returns codes and scales.
    """
    largest = np.abs(block).max(axis=1)
    largest[largest == 0] = 127
    scale = 127 / largest
    return np.rint(block * scale[:, None]).astype(np.int8), scale


def _floats(tensors: Tensors, name: str) -> np.ndarray:
    return np.concatenate([block.numpy() for block in tensors.blocks(name)])


def _configure(spec: Any, reader: GGUFReader, architecture: str, tokenizer: Any) -> None:
    vocabulary = sorted(ids := tokenizer.get_vocab(), key=ids.__getitem__)
    missing = spec.decoder.embeddings.weight.shape[0] - len(vocabulary)
    spec.register_vocabulary(vocabulary + [_EXTRA_TOKEN.format(index) for index in range(missing)])
    spec.config.bos_token = tokenizer.bos_token or tokenizer.pad_token
    spec.config.eos_token = tokenizer.eos_token
    spec.config.unk_token = tokenizer.unk_token or ""
    spec.config.layer_norm_epsilon = reader.fields[f"{architecture}.attention.layer_norm_rms_epsilon"].contents()
