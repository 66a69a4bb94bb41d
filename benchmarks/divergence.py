"""What int8 loses: how far the model's next tokens are from those of float32 on the same weights, and through what.

    python -m benchmarks.divergence                       # en:fr, fr:en and en:zh, 5 lines each: 7 minutes, 12 GB
    python -m benchmarks.divergence en:de --lines 20

The model reads Lede's prompt for a line of FLORES dev, and its reference translation. Before each token of the
reference the two distributions are compared: their Kullback-Leibler divergence (nats, the mean over tokens), what the
reference costs (nats a token), and how often both hold the same token for the likeliest. It needs no generation, so few
lines tell what BLEU would tell with thousands.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from benchmarks.translation import read
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

ROOM = 100_000_000
"""Bytes of keys and values: of some lines together."""

TOGETHER = 8
"""Lines read in one step."""

WAYS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "float32": (frozenset(), frozenset()),
    "int8 weights": (KINDS, frozenset()),
    "int8 activations": (frozenset(), KINDS),
    "int8 activations of down alone": (frozenset(), frozenset({"down"})),
    "int8, but down's activations": (KINDS, KINDS - {"down"}),
}
"""The matrices whose weights, and those whose activations, go through int8. All are held to the first."""


def main() -> None:
    """Reads the lines in every way, and prints a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directions", nargs="*", default=["en:fr", "fr:en", "en:zh"], metavar="SOURCE:TARGET")
    parser.add_argument("--lines", type=int, default=5)
    given = parser.parse_args()
    settings = ModelSettings()
    card = open_catalogue(settings)[settings.model]
    store = Store(settings.home)
    folder = store.converted_folder(card, NATIVE)
    texts = [text for pair in given.directions for text in forced(card, Tokenizer(folder / FOLDER), pair, given.lines)]
    shape = DecoderShape.load(folder)
    kernel = kernels.load_choice(folder, "cpu").kernel
    native = checkpoint.load(folder, shape, kernel, "cpu")
    floats = dict(widened(open_tensors(card, store.source_folder(card)), shape.layers))
    ways = {name: in_float(native, floats, *WAYS[name]) for name in WAYS} | {f"int8, {kernel}": native}
    print(f"{card.id}, {' '.join(given.directions)}, {given.lines} lines each, {sum(len(r) for _, r in texts)} tokens")
    print("| | divergence | reference costs | same likeliest |\n| --- | ---: | ---: | ---: |")
    exact: list[Tensor] = []
    for name, weights in ways.items():
        found = distributions(Decoder(shape, weights, card.window), texts, name)
        exact = exact or found
        print(f"| {name} | {' | '.join(compared(exact, found, [reference for _, reference in texts]))} |", flush=True)


def forced(card: ModelCard, tokenizer: Tokenizer, direction: str, lines: int) -> list[tuple[list[int], list[int]]]:
    """The tokens of each line's prompt, and of its reference."""
    source, target = direction.split(":")
    found = []
    for row in read(source, target)[:lines]:
        prompt = render(card, tokenizer.chat, "translate", row["source"], source=source, target=target)
        found.append((tokenizer.prompt_ids(prompt), tokenizer.prompt_ids(Prompt((Text(row["reference"]),)))))
    return found


@dataclass(frozen=True, slots=True)
class Product:
    """A product in float32 of weights and activations that may have gone through int8."""

    weight: Tensor
    rounds_weight: bool
    rounds_input: bool

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """See Linear."""
        weight = rounded(self.weight) if self.rounds_weight else self.weight
        return functional.linear(rounded(x) if self.rounds_input else x, weight), torch.ones(1)


def widened(tensors: Tensors, layers: int) -> Iterator[tuple[str, Tensor]]:
    """All matrices in float32, by their names in the int8 folder."""
    named = matrices(tensors, layers)
    named["head"] = named.get("head", named["embedding"])
    for name, stacked in tqdm(named.items(), "widening", leave=False):
        yield name, torch.cat([block for part in stacked for block in tensors.blocks(f"{part}.weight")])


def in_float(native: Weights, floats: dict[str, Tensor], weights: frozenset[str], inputs: frozenset[str]) -> Weights:
    """The model with products in float32; `weights` and `inputs` are the kinds of matrices that go through int8."""

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
    """For each text the logarithms of what comes before each token of its reference: [tokens, vocabulary]."""
    cache = KVCache(decoder.shape, ROOM)
    found: list[Tensor] = []
    for first in tqdm(range(0, len(texts), TOGETHER), name, leave=False):
        some = texts[first : first + TOGETHER]
        lanes = [cache.add(len(prompt) + len(reference)) for prompt, reference in some]
        spans = [
            TokenSpan(lane, [*prompt, *reference[:-1]]) for lane, (prompt, reference) in zip(lanes, some, strict=True)
        ]
        found += [logits.log_softmax(1) for logits in decoder.step(spans, [len(reference) for _, reference in some])]
        for lane in lanes:
            cache.drop(lane)
    return found


def compared(exact: Sequence[Tensor], found: Sequence[Tensor], references: Sequence[list[int]]) -> list[str]:
    """The columns of a row."""
    pairs = list(zip(exact, found, strict=True))
    apart = torch.cat([(one.exp() * (one - other)).sum(1) for one, other in pairs])
    told = zip(found, references, strict=True)
    costs = torch.cat([-rows.gather(1, torch.tensor(reference)[:, None]) for rows, reference in told])
    same = torch.cat([one.argmax(1) == other.argmax(1) for one, other in pairs])
    return [f"{apart.mean():.4f}", f"{costs.mean():.3f}", f"{same.float().mean():.1%}"]


def rounded(rows: Tensor) -> Tensor:
    """Rows as int8 with a scale for each would give them back."""
    codes, scale = quantize(rows)
    return codes * scale[:, None]


if __name__ == "__main__":
    main()
