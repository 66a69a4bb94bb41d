"""The shape of a decoder: everything but the weights."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Activation = Literal["silu", "gelu_pytorch_tanh"]

FILE = "shape.json"


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """A decoder of the Llama family: rotary positions, grouped queries, gated feed-forward layers, RMS norms.

    `sliding` has the attention window of each layer in tokens (0: unlimited), and `rotary` the index of its
    frequency table in the checkpoint.
    """

    heads: int
    key_heads: int
    head_size: int
    epsilon: float
    activation: Activation
    embedding_scale: float
    attention_scale: float
    sliding: tuple[int, ...]
    rotary: tuple[int, ...]

    @property
    def layers(self) -> int:
        """The number of layers."""
        return len(self.sliding)

    def save(self, folder: Path) -> None:
        """Writes the shape to a model's folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "DecoderShape":
        """Reads the shape from a model's folder."""
        content = json.loads((folder / FILE).read_text("utf-8"))
        return cls(**content | {name: tuple(content[name]) for name in ("sliding", "rotary")})
