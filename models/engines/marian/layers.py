"""Layers of the encoder and of the decoder. Shapes as in `models.engines.marian.network`; D is W/H."""

import math

from torch import Tensor
from torch.nn import functional

from models.engines.marian.checkpoint import Checkpoint
from models.engines.marian.products import Weight, product
from models.engines.marian.shape import Shape

EPSILON = 1e-6
"""Added to a variance before its root is divided by."""


class Parts:
    """Reads parts of layers by the names that Marian gives them."""

    def __init__(self, checkpoint: Checkpoint, shape: Shape, device: str) -> None:
        self.checkpoint = checkpoint
        self.shape = shape
        self.device = device

    def square(self, name: str, bias: str | None) -> Weight:
        """A matrix of the network's width."""
        return self.checkpoint.weight(name, self.shape.width, self.shape.width, bias)

    def projection(self, prefix: str, kind: str) -> Weight:
        """One of an attention's matrices: its queries (`q`), keys (`k`), values (`v`) or output (`o`)."""
        return self.square(f"{prefix}_W{kind}", f"{prefix}_b{kind}")


class Norm:
    """Adds what a layer made to what it read, and normalizes."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        self._scale = parts.checkpoint.vector(f"{prefix}_ln_scale", parts.shape.width).to(parts.device)
        self._bias = parts.checkpoint.vector(f"{prefix}_ln_bias", parts.shape.width).to(parts.device)

    def __call__(self, made: Tensor, read: Tensor) -> Tensor:
        """`made`, which is changed, and `read` to the layer's output, all [rows, W]."""
        return functional.layer_norm(made.add_(read), self._scale.shape, self._scale, self._bias, EPSILON)


class Feed:
    """The two products of a feed-forward layer."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        width, hidden, weight = parts.shape.width, parts.shape.hidden, parts.checkpoint.weight
        self._up = product([weight(f"{prefix}_W1", width, hidden, f"{prefix}_b1")], parts.device, relu=True)
        self._down = product([weight(f"{prefix}_W2", hidden, width, f"{prefix}_b2")], parts.device)
        self._norm = Norm(parts, f"{prefix}_ffn")

    def __call__(self, x: Tensor) -> Tensor:
        """[rows, W] to the same."""
        return self._norm(self._down(self._up(x)), x)


class EncoderLayer:
    """Looks at the whole source, and feeds forward."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        self._heads = parts.shape.heads
        attention = f"{prefix}_self"
        self._split = product([parts.projection(attention, kind) for kind in "qkv"], parts.device)
        self._join = product([parts.projection(attention, "o")], parts.device)
        self._norm = Norm(parts, f"{attention}_Wo")
        self._feed = Feed(parts, f"{prefix}_ffn")

    def __call__(self, x: Tensor, mask: Tensor) -> Tensor:
        """[S*T, W] and the pieces that are no padding, [S, T], to [S*T, W]."""
        split = self._split(x).view(*mask.shape, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*split, attn_mask=mask[:, None, None, :])
        return self._feed(self._norm(self._join(seen.transpose(1, 2).reshape(x.shape)), x))


class Look:
    """The decoder's attention to the source."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        self._heads = parts.shape.heads
        self._scale = 1 / math.sqrt(parts.shape.width // parts.shape.heads)
        self._query = product([parts.projection(prefix, "q")], parts.device)
        self._split = product([parts.projection(prefix, kind) for kind in "kv"], parts.device)
        self._join = product([parts.projection(prefix, "o")], parts.device)
        self._norm = Norm(parts, f"{prefix}_Wo")

    def read(self, x: Tensor, sentences: int) -> tuple[Tensor, Tensor]:
        """The encoder's [S*T, W] to keys [S, H, D, T], scaled, and values [S, H, T, D]."""
        keys, values = self._split(x).view(sentences, -1, 2, self._heads, x.shape[1] // self._heads).unbind(2)
        return keys.permute(0, 2, 3, 1).mul(self._scale).contiguous(), values.transpose(1, 2).contiguous()

    def __call__(self, x: Tensor, keys: Tensor, values: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """[S*K, W] to the same, and where the first head looked, [S, K, T]. `padding` is added to scores."""
        sentences, heads, _, depth = values.shape
        query = self._query(x).view(sentences, -1, heads, depth).transpose(1, 2)
        shares = (query @ keys).add_(padding).softmax(-1)
        seen = (shares @ values).transpose(1, 2).reshape(x.shape)
        return self._norm(self._join(seen), x), shares[:, 0]


class DecoderLayer:
    """Remembers what was written, looks at the source, and feeds forward."""

    def __init__(self, parts: Parts, prefix: str) -> None:
        unit = f"{prefix}_rnn"
        weights = [parts.square(f"{unit}_W", None), parts.square(f"{unit}_Wf", f"{unit}_bf")]
        self._unit = product(weights, parts.device)
        self._norm = Norm(parts, f"{unit}_ffn")
        self.look = Look(parts, f"{prefix}_context")
        self._feed = Feed(parts, f"{prefix}_ffn")

    def __call__(
        self, x: Tensor, state: Tensor, keys: Tensor, values: Tensor, padding: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """[S*K, W] and the state of the same size to both after one step, and where the layer looked, [S, K, T]."""
        new, kept = self._unit(x).chunk(2, 1)
        state = new.lerp(state, kept.sigmoid())
        x, shares = self.look(self._norm(state.relu(), x), keys, values, padding)
        return self._feed(x), state, shares
