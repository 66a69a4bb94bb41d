"""What a decoder looks like: everything about it that is no weight."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Activation = Literal["silu", "gelu_pytorch_tanh"]

FILE = "shape.json"


@dataclass(frozen=True, slots=True)
class Shape:
    """One decoder of the Llama family: rotary positions, grouped queries, gated feed-forward parts, RMS norms.

    `sliding` has for each layer how many tokens back it sees (0: all), and `rotary` which of the checkpoint's tables
    of frequencies it turns its queries and keys by.
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
        """How many layers there are."""
        return len(self.sliding)

    def save(self, folder: Path) -> None:
        """Writes the shape beside the weights."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Shape":
        """The shape in a folder of a quantized model."""
        content = json.loads((folder / FILE).read_text("utf-8"))
        return cls(**content | {name: tuple(content[name]) for name in ("sliding", "rotary")})
