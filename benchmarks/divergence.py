"""Measures the loss by int8 quantization: the divergence of next-token distributions from float32.

    python -m benchmarks.divergence                       # en:fr, fr:en and en:zh, 5 lines each: 7 minutes, 12 GB
    python -m benchmarks.divergence en:de --lines 20

The model reads Lede's prompt for a line of FLORES dev and its reference translation (teacher forcing). At each token of
the reference, the two distributions are compared by Kullback-Leibler divergence (nats, mean over tokens), by the
cross-entropy of the reference (nats per token), and by the agreement of the likeliest token. Nothing is generated, so a
few lines give the precision that BLEU needs thousands for.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from benchmarks.translation import read_rows
from models.card import NATIVE, ModelCard
from models.conversion.quantize import matrices, open_tensors, quantize
from models.engines.native import checkpoint, kernels
from models.engines.native.attention import TokenSpan
from models.engines.native.cache import KVCache
from models.engines.native.decoder import Decoder, Layer, Weights
from models.engines.native.linear import Linear
from models.engines.native.shape import DecoderShape
from models.files.tensors import Tensors
from models.loading import open_catalogue
from models.prompts import render
from models.protocol import Prompt, Text
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import FOLDER, Tokenizer

KINDS = frozenset({"qkv", "out", "gate_up", "down", "head"})

CACHE_BYTES = 100_000_000
"""The size of the KV cache in bytes, for one batch of lines."""

BATCH = 8
"""The number of lines per step."""

VARIANTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "float32": (frozenset(), frozenset()),
    "int8 weights": (KINDS, frozenset()),
    "int8 activations": (frozenset(), KINDS),
    "int8 activations of down only": (frozenset(), frozenset({"down"})),
    "int8 except activations of down": (KINDS, KINDS - {"down"}),
}
"""The matrices with quantized weights, and those with quantized activations. All are compared with the first."""


def main() -> None:
    """Computes the distributions of each variant, and prints a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directions", nargs="*", default=["en:fr", "fr:en", "en:zh"], metavar="SOURCE:TARGET")
    parser.add_argument("--lines", type=int, default=5)
    arguments = parser.parse_args()
    settings = ModelSettings()
    card = open_catalogue(settings)[settings.model]
    store = Store(settings.home)
    folder = store.converted_folder(card, NATIVE)
    texts = [
        text
        for pair in arguments.directions
        for text in teacher_forced(card, Tokenizer(folder / FOLDER), pair, arguments.lines)
    ]
    shape = DecoderShape.load(folder)
    kernel = kernels.load_choice(folder, "cpu").kernel
    native = checkpoint.load(folder, shape, kernel, "cpu")
    floats = dict(float_matrices(open_tensors(card, store.source_folder(card)), shape.layers))
    variants = {name: float_model(native, floats, *VARIANTS[name]) for name in VARIANTS} | {f"int8, {kernel}": native}
    print(
        f"{card.id}, {' '.join(arguments.directions)}, {arguments.lines} lines each, "
        f"{sum(len(reference) for _, reference in texts)} tokens"
    )
    print("| | divergence | cross-entropy | same top token |\n| --- | ---: | ---: | ---: |")
    exact: list[Tensor] = []
    for name, weights in variants.items():
        result = distributions(Decoder(shape, weights, card.window), texts, name)
        exact = exact or result
        print(
            f"| {name} | {' | '.join(comparison(exact, result, [reference for _, reference in texts]))} |", flush=True
        )


def teacher_forced(
    card: ModelCard, tokenizer: Tokenizer, direction: str, lines: int
) -> list[tuple[list[int], list[int]]]:
    """Returns the tokens of the prompt and of the reference of each line."""
    source, target = direction.split(":")
    result = []
    for row in read_rows(source, target)[:lines]:
        prompt = render(card, tokenizer.chat, "translate", row["source"], source=source, target=target)
        result.append((tokenizer.prompt_ids(prompt), tokenizer.prompt_ids(Prompt((Text(row["reference"]),)))))
    return result


@dataclass(frozen=True, slots=True)
class Product:
    """A float32 matrix product whose weights or activations may be quantized and dequantized."""

    weight: Tensor
    rounds_weight: bool
    rounds_input: bool

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        weight = quantized(self.weight) if self.rounds_weight else self.weight
        return functional.linear(quantized(x) if self.rounds_input else x, weight), torch.ones(1)


def float_matrices(tensors: Tensors, layers: int) -> Iterator[tuple[str, Tensor]]:
    """Yields all matrices in float32, by their names in the int8 folder."""
    named = matrices(tensors, layers)
    named["head"] = named.get("head", named["embedding"])
    for name, stacked in tqdm(named.items(), "widening", leave=False):
        yield name, torch.cat([block for part in stacked for block in tensors.blocks(f"{part}.weight")])


def float_model(native: Weights, floats: dict[str, Tensor], weights: frozenset[str], inputs: frozenset[str]) -> Weights:
    """Returns the model with float32 products; `weights` and `inputs` are the kinds of matrices to quantize."""

    def product(name: str) -> Linear:
        kind = name.rpartition(".")[2]
        return Product(floats[name], kind in weights, kind in inputs)

    def layer(index: int) -> Layer:
        qkv, out, gate_up, down = (product(f"{index}.{kind}") for kind in ("qkv", "out", "gate_up", "down"))
        return replace(native.layers[index], qkv=qkv, out=out, gate_up=gate_up, down=down)

    layers = [layer(index) for index in range(len(native.layers))]
    one = torch.ones(len(floats["embedding"]))
    return replace(native, embedding=floats["embedding"], embedding_scale=one, layers=layers, head=product("head"))


@torch.inference_mode()
def distributions(decoder: Decoder, texts: Sequence[tuple[list[int], list[int]]], name: str) -> list[Tensor]:
    """Returns the log probabilities at each token of the reference of each text: [tokens, vocabulary]."""
    cache = KVCache(decoder.shape, CACHE_BYTES)
    result: list[Tensor] = []
    for first in tqdm(range(0, len(texts), BATCH), name, leave=False):
        batch = texts[first : first + BATCH]
        lanes = [cache.add(len(prompt) + len(reference)) for prompt, reference in batch]
        spans = [
            TokenSpan(lane, [*prompt, *reference[:-1]]) for lane, (prompt, reference) in zip(lanes, batch, strict=True)
        ]
        result += [logits.log_softmax(1) for logits in decoder.step(spans, [len(reference) for _, reference in batch])]
        for lane in lanes:
            cache.drop(lane)
    return result


def comparison(exact: Sequence[Tensor], variant: Sequence[Tensor], references: Sequence[list[int]]) -> list[str]:
    """Returns the columns of a row."""
    pairs = list(zip(exact, variant, strict=True))
    divergences = torch.cat([(one.exp() * (one - other)).sum(1) for one, other in pairs])
    scored = zip(variant, references, strict=True)
    costs = torch.cat([-rows.gather(1, torch.tensor(reference)[:, None]) for rows, reference in scored])
    same = torch.cat([one.argmax(1) == other.argmax(1) for one, other in pairs])
    return [f"{divergences.mean():.4f}", f"{costs.mean():.3f}", f"{same.float().mean():.1%}"]


def quantized(rows: Tensor) -> Tensor:
    """Returns rows quantized to int8 with a scale per row, and dequantized."""
    codes, scale = quantize(rows)
    return codes * scale[:, None]


if __name__ == "__main__":
    main()
