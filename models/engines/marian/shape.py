"""The sizes of a model, read from the options in its file, and the check that the engine supports the architecture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import yaml

from models.engines.marian.items import INT8, InvalidModel, MarianItem

OPTIONS = "special:model.yml"

SUPPORTED: Mapping[str, tuple[Any, ...]] = {
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
"""Supported values of the options that change the computation. Dropout, `d`, has no effect at inference."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LIMITS = {"width": 8192, "heads": 64, "hidden": 32768, "layers": 64, "vocabulary": 1_000_000}
"""Far above the sizes of any student model: an invalid size is reported before memory is allocated."""


@dataclass(frozen=True, slots=True)
class StudentShape:
    """Sizes. If `shared`, one embedding serves both languages and the output layer."""

    width: int
    heads: int
    hidden: int
    encoder_layers: int
    decoder_layers: int
    source_vocabulary: int
    target_vocabulary: int
    shared: bool

    @classmethod
    def of(cls, items: Mapping[str, MarianItem]) -> Self:
        """Returns the sizes of a model. Raises InvalidModel if they are invalid or the architecture is unsupported."""
        options = _options(items)
        for name, allowed in SUPPORTED.items():
            if options.get(name, allowed[0]) not in allowed:
                raise InvalidModel(f"{name} is {options[name]!r}, but only {allowed[0]!r} is supported")
        vocabularies = options.get("dim-vocabs")
        if not isinstance(vocabularies, list) or len(vocabularies) != 2:  # noqa: PLR2004 - a source and a target
            raise InvalidModel("dim-vocabs is not a list of two sizes")
        shape = cls(
            width=_size(options, "dim-emb", LIMITS["width"]),
            heads=_size(options, "transformer-heads", LIMITS["heads"]),
            hidden=_size(options, "transformer-dim-ffn", LIMITS["hidden"]),
            encoder_layers=_size(options, "enc-depth", LIMITS["layers"]),
            decoder_layers=_size(options, "dec-depth", LIMITS["layers"]),
            source_vocabulary=_size({"dim-vocabs": vocabularies[0]}, "dim-vocabs", LIMITS["vocabulary"]),
            target_vocabulary=_size({"dim-vocabs": vocabularies[1]}, "dim-vocabs", LIMITS["vocabulary"]),
            shared=options.get("tied-embeddings-all") is True,
        )
        if shape.width % (2 * shape.heads):
            raise InvalidModel(f"dim-emb, {shape.width}, is not a multiple of twice the {shape.heads} heads")
        if shape.shared and shape.source_vocabulary != shape.target_vocabulary:
            raise InvalidModel("the embedding is shared, but the vocabularies differ in size")
        if not shape.shared and options.get("tied-embeddings") is not True:
            raise InvalidModel("an output layer that is not tied to an embedding is not supported")
        return shape

    @property
    def parameters(self) -> int:
        """The number of weights in the matrices."""
        square, feed_forward = self.width**2, 2 * self.width * self.hidden
        words = self.target_vocabulary + (0 if self.shared else self.source_vocabulary)
        layers = self.encoder_layers * (4 * square + feed_forward) + self.decoder_layers * (6 * square + feed_forward)
        return layers + words * self.width

    @property
    def source_embedding(self) -> str:
        """The name of the item with the source embedding."""
        return "Wemb" if self.shared else "encoder_Wemb"

    @property
    def target_embedding(self) -> str:
        """The name of the item with the target embedding, which is also the output layer."""
        return "Wemb" if self.shared else "decoder_Wemb"


def _options(items: Mapping[str, MarianItem]) -> dict[str, Any]:
    item = items.get(OPTIONS)
    if item is None or item.kind != INT8:
        raise InvalidModel(f"{OPTIONS} is missing")
    try:
        text, nul, _ = bytes(item.data[: item.elements]).partition(b"\0")
        options = yaml.load(text.decode("utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C if available
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidModel(f"{OPTIONS} is not valid YAML") from error
    if not nul or not isinstance(options, dict):
        raise InvalidModel(f"{OPTIONS} is truncated or has no options")
    return options


def _size(options: Mapping[str, Any], name: str, limit: int) -> int:
    size = options.get(name)
    if type(size) is not int or not 1 <= size <= limit:
        raise InvalidModel(f"{name} is {size!r}, but must be a whole number from 1 to {limit:,}")
    return size
