"""The options of a model as its file states them: sizes, and what must be as the engine computes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import yaml

from models.engines.marian.items import INT8, Damaged, Item

OPTIONS = "special:model.yml"

COMPUTED: Mapping[str, tuple[Any, ...]] = {
    "type": ("transformer",),
    "dec-cell": ("ssru",),
    "transformer-decoder-autoreg": ("rnn",),
    "transformer-ffn-activation": ("relu",),
    "transformer-ffn-depth": (2,),
    "transformer-preprocess": ("",),
    "transformer-postprocess": ("dan", "an"),
    "transformer-postprocess-emb": ("d", ""),
    "transformer-postprocess-top": ("",),
    "transformer-train-position-embeddings": (False,),
    "transformer-no-projection": (False,),
    "transformer-tied-layers": ([],),
    "layer-normalization": (False,),
    "output-omit-bias": (False,),
    "tied-embeddings-src": (False,),
}
"""Options that change what is computed, and what they may be; dropout, `d`, does nothing once a model is trained."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MOST = {"width": 8192, "heads": 64, "hidden": 32768, "layers": 64, "vocabulary": 1_000_000}
"""Far above any student model: a damaged number is told before memory is asked for."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes. `shared`: both languages have one embedding, which is also the output layer."""

    width: int
    heads: int
    hidden: int
    encoder_layers: int
    decoder_layers: int
    source_vocabulary: int
    target_vocabulary: int
    shared: bool

    @classmethod
    def of(cls, items: Mapping[str, Item]) -> Self:
        """The sizes that a model states. Raises Damaged where they do not read, or the engine cannot compute them."""
        options = _options(items)
        for name, allowed in COMPUTED.items():
            if options.get(name, allowed[0]) not in allowed:
                raise Damaged(f"{name} is {options[name]!r}, and the engine computes {allowed[0]!r}")
        vocabularies = options.get("dim-vocabs")
        if not isinstance(vocabularies, list) or len(vocabularies) != 2:  # noqa: PLR2004 - a source and a target
            raise Damaged("it states no two vocabularies")
        shape = cls(
            width=_number(options, "dim-emb", MOST["width"]),
            heads=_number(options, "transformer-heads", MOST["heads"]),
            hidden=_number(options, "transformer-dim-ffn", MOST["hidden"]),
            encoder_layers=_number(options, "enc-depth", MOST["layers"]),
            decoder_layers=_number(options, "dec-depth", MOST["layers"]),
            source_vocabulary=_number({"dim-vocabs": vocabularies[0]}, "dim-vocabs", MOST["vocabulary"]),
            target_vocabulary=_number({"dim-vocabs": vocabularies[1]}, "dim-vocabs", MOST["vocabulary"]),
            shared=options.get("tied-embeddings-all") is True,
        )
        if shape.width % (2 * shape.heads):
            raise Damaged(f"a width of {shape.width} is not divided among {shape.heads} heads")
        if shape.shared and shape.source_vocabulary != shape.target_vocabulary:
            raise Damaged("vocabularies of two sizes have one embedding")
        if not shape.shared and options.get("tied-embeddings") is not True:
            raise Damaged("its output layer is none of its embeddings")
        return shape

    @property
    def parameters(self) -> int:
        """Weights of the matrices."""
        square, feed = self.width**2, 2 * self.width * self.hidden
        words = self.target_vocabulary + (0 if self.shared else self.source_vocabulary)
        layers = self.encoder_layers * (4 * square + feed) + self.decoder_layers * (6 * square + feed)
        return layers + words * self.width

    @property
    def source_embedding(self) -> str:
        """The name of the item that holds the embedding of the source language."""
        return "Wemb" if self.shared else "encoder_Wemb"

    @property
    def target_embedding(self) -> str:
        """The name of the item that holds the embedding of the target language, and the output layer."""
        return "Wemb" if self.shared else "decoder_Wemb"


def _options(items: Mapping[str, Item]) -> dict[str, Any]:
    item = items.get(OPTIONS)
    if item is None or item.kind != INT8:
        raise Damaged(f"there is no {OPTIONS}")
    try:
        text, nul, _ = bytes(item.data[: item.elements]).partition(b"\0")
        options = yaml.load(text.decode("utf-8"), _LOADER)  # noqa: S506 - a safe one, in C where there is one
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise Damaged(f"{OPTIONS} does not read") from error
    if not nul or not isinstance(options, dict):
        raise Damaged(f"{OPTIONS} is cut, or holds no options")
    return options


def _number(options: Mapping[str, Any], name: str, most: int) -> int:
    found = options.get(name)
    if type(found) is not int or not 1 <= found <= most:
        raise Damaged(f"{name} is {found!r}")
    return found
