"""Writes student models with random weights in Marian's format."""

import io
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from numpy.typing import NDArray

FLOAT32, INT8, INTGEMM8 = 0x404, 0x101, 0x4101
LARGEST = 127.0

Floats = NDArray[np.float32]
Item = tuple[str, int, tuple[int, ...], bytes]

YAML = """dec-cell: ssru
dec-cell-base-depth: 2
dec-depth: {decoder}
dim-emb: {width}
dim-rnn: 1024
dim-vocabs:
  - {source}
  - {target}
enc-cell: gru
enc-depth: {encoder}
input-types:
  []
layer-normalization: false
output-omit-bias: false
tied-embeddings: {tied}
tied-embeddings-all: {shared}
tied-embeddings-src: false
transformer-decoder-autoreg: rnn
transformer-dim-ffn: {hidden}
transformer-ffn-activation: relu
transformer-ffn-depth: 2
transformer-guided-alignment-layer: last
transformer-heads: {heads}
transformer-no-projection: false
transformer-postprocess: dan
transformer-postprocess-emb: d
transformer-preprocess: ""
transformer-tied-layers:
  []
transformer-train-position-embeddings: false
type: transformer
version: v1.9.56
"""


@dataclass(frozen=True)
class Student:
    """The sizes of a model. `source` is the size of the source vocabulary if there are two."""

    target: int
    source: int = 0
    width: int = 256
    hidden: int = 1536
    heads: int = 8
    encoder: int = 6
    decoder: int = 2
    int8: bool = True
    seed: int = 0
    end: float = 2.0  # the bias of the end token, so that translations end
    gain: float = (
        1.5  # of layers relative to the residual; larger values give more varied outputs and larger rounding errors
    )
    alphas: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def tiny(cls, target: int, **changes: Any) -> "Student":
        return cls(target, **changes)

    @classmethod
    def base(cls, target: int, **changes: Any) -> "Student":
        return cls(target, width=512, hidden=2048, **changes)

    @classmethod
    def base_memory(cls, target: int, **changes: Any) -> "Student":
        return cls(target, width=384, decoder=4, **changes)

    @classmethod
    def small(cls, target: int, **changes: Any) -> "Student":
        """Smaller than Mozilla's models, for tests that do not depend on the size."""
        return cls(target, **{"width": 32, "hidden": 64, "heads": 4, "encoder": 2, "decoder": 2} | changes)

    def weights(self) -> dict[str, Floats]:
        """Returns random weights, scaled so that translations differ in length and words."""
        rng = np.random.default_rng(self.seed)
        weights: dict[str, Floats] = {}

        def matrix(name: str, inputs: int, outputs: int, gain: float = 1.0) -> None:
            weights[name] = (rng.standard_normal((inputs, outputs)) * gain / np.sqrt(inputs)).astype(np.float32)

        def vector(name: str, size: int, mean: float = 0.0) -> None:
            weights[name] = (mean + 0.1 * rng.standard_normal((1, size))).astype(np.float32)

        def norm(name: str) -> None:
            vector(f"{name}_ln_scale", self.width, 1.0)
            vector(f"{name}_ln_bias", self.width)

        def attention(name: str) -> None:
            for kind, gain in (("q", 1.0), ("k", 1.0), ("v", 1.0), ("o", self.gain)):
                matrix(f"{name}_W{kind}", self.width, self.width, gain)
                vector(f"{name}_b{kind}", self.width)
            norm(f"{name}_Wo")

        def feed(name: str) -> None:
            matrix(f"{name}_W1", self.width, self.hidden)
            vector(f"{name}_b1", self.hidden)
            matrix(f"{name}_W2", self.hidden, self.width, self.gain)
            vector(f"{name}_b2", self.width)
            norm(f"{name}_ffn")

        names = {"encoder_Wemb": self.source, "decoder_Wemb": self.target} if self.source else {"Wemb": self.target}
        for name, words in names.items():
            weights[name] = (rng.standard_normal((words, self.width)) / np.sqrt(self.width)).astype(np.float32)
        for layer in range(1, self.encoder + 1):
            attention(f"encoder_l{layer}_self")
            feed(f"encoder_l{layer}_ffn")
        for layer in range(1, self.decoder + 1):
            matrix(f"decoder_l{layer}_rnn_W", self.width, self.width, self.gain + 0.5)
            matrix(f"decoder_l{layer}_rnn_Wf", self.width, self.width)
            vector(f"decoder_l{layer}_rnn_bf", self.width)
            norm(f"decoder_l{layer}_rnn_ffn")
            attention(f"decoder_l{layer}_context")
            feed(f"decoder_l{layer}_ffn")
        vector("decoder_ff_logit_out_b", self.target)
        weights["decoder_ff_logit_out_b"][0, 0] = self.end
        return weights

    def items(self) -> list[Item]:
        """Returns the items of the model file."""
        items: list[Item] = []
        for name, weight in self.weights().items():
            if self.int8 and (name.endswith("Wemb") or ("_W" in name and "_ln_" not in name)):
                items += self._quantized(name, weight)
            else:
                items.append((name, FLOAT32, weight.shape, weight.tobytes()))
        text = YAML.format(
            **{name: getattr(self, name) for name in ("width", "hidden", "heads", "encoder", "decoder", "target")},
            source=self.source or self.target, tied=str(bool(self.source)).lower(),
            shared=str(not self.source).lower(),
        ).encode() + b"\0"  # fmt: skip
        return [*items, ("special:model.yml", INT8, (len(text),), text)]

    def content(self) -> bytes:
        """Returns the content of the model file."""
        return pack(self.items())

    def _quantized(self, name: str, weight: Floats) -> list[Item]:
        multiplier = np.float32(LARGEST / np.abs(weight).max())
        codes = np.clip(np.rint(weight * multiplier), -LARGEST, LARGEST).astype(np.int8)
        stored = codes if name.endswith("Wemb") else np.ascontiguousarray(codes.T)
        items: list[Item] = [(name, INTGEMM8, weight.shape, stored.tobytes() + multiplier.tobytes())]
        alpha = np.float32(self.alphas.get(name, LARGEST / 5))
        if name == "decoder_Wemb":  # Marian quantizes this item too, because its name contains that of the embedding
            one = np.int8(LARGEST).tobytes() + np.float32(LARGEST / alpha).tobytes()
            return [*items, (f"{name}_QuantMultA", INTGEMM8, (1, 1), one)]
        if name == "encoder_Wemb":
            return items
        return [*items, (f"{'none' if name == 'Wemb' else name}_QuantMultA", FLOAT32, (1,), alpha.tobytes())]


def pack(items: Iterable[Item], version: int = 1) -> bytes:
    """Returns the content of a file with these items."""
    items = list(items)
    names = [name.encode() + b"\0" for name, *_ in items]
    headers = b"".join(
        struct.pack("<4Q", len(encoded), kind, len(shape), len(data))
        for encoded, (_, kind, shape, data) in zip(names, items, strict=True)
    )
    shapes = b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, _, shape, _ in items)
    head = struct.pack("<2Q", version, len(items)) + headers + b"".join(names) + shapes
    padding = -(len(head) + 8) % 256
    return head + struct.pack("<Q", padding) + bytes(padding) + b"".join(data for *_, data in items)


def vocabulary(lines: Iterable[str], size: int) -> bytes:
    """Returns a SentencePiece model with Mozilla's options: end token, unknown token, byte fallback."""
    output = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=output, vocab_size=size, bos_id=-1, eos_id=0, unk_id=1,
        byte_fallback=True, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    return output.getvalue()


def vocabulary_size(model: bytes) -> int:
    """Returns the size of a vocabulary."""
    return int(sentencepiece.SentencePieceProcessor(model_proto=model).get_piece_size())


def shortlist(source: int, target: int, first: int = 50, best: int = 50, seed: int = 0) -> bytes:
    """Returns a shortlist with random translations, in Marian's binary format."""
    rng = np.random.default_rng(seed)
    lists = [np.sort(rng.choice(target, min(best, target), replace=False)).astype(np.uint32) for _ in range(source)]
    offsets = np.cumsum([0, *map(len, lists)]).astype(np.uint64)
    numbers = struct.pack("<4Q", first, best, len(offsets), int(offsets[-1]))
    body = numbers + offsets.tobytes() + np.concatenate(lists).tobytes()
    return struct.pack("<2Q", 0xF11A48D5013417F5, _checksum(body)) + body


def write(
    folder: Path, student: Student, vocabularies: Mapping[str, bytes], shortlist_content: bytes | None = None
) -> Path:
    """Writes the files of one direction, named like Mozilla's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.ende.intgemm.alphas.bin").write_bytes(student.content())
    for kind, content in vocabularies.items():
        (folder / f"{kind}.ende.spm").write_bytes(content)
    if shortlist_content is not None:
        (folder / "lex.50.50.ende.s2t.bin").write_bytes(shortlist_content)
    return folder


def _checksum(data: bytes) -> int:
    seed, mask = 0, 2**64 - 1
    for number in np.frombuffer(data, "<u8", len(data) // 8).tolist():
        seed ^= (number + 0x9E3779B9 + (seed << 6) + (seed >> 2)) & mask
    return seed
