"""Tokenizes examples in batches, with the same token ids as Lede's engines (models.tokenizer)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from training.shards import Example

STOP_TOKENS = ("<|endoftext|>",)
"""Vocabulary entries that end an output, in addition to EOS; equal to the card's `stop_tokens`."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row's token ids; the first `prompt` of them have no loss."""

    ids: list[int]
    prompt: int


class Encoder:
    """A model's tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Loads the tokenizer in a model's folder."""
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        self.eos_id = int(self._tokenizer.eos_token_id)
        """The EOS token."""
        self.stop_ids = [self.eos_id, *self._ids(STOP_TOKENS)]
        """The tokens that end an output."""
        self.pad_id = int(self._tokenizer.pad_token_id if self._tokenizer.pad_token_id is not None else self.eos_id)

    def encode(self, examples: Sequence[Example]) -> list[Encoded]:
        """Returns the token ids of prompts with their answers and EOS."""
        answers = self._texts([example.answer for example in examples])
        pairs = zip(self.encode_prompts(examples), answers, strict=True)
        return [Encoded([*prompt, *answer, self.eos_id], len(prompt)) for prompt, answer in pairs]

    def encode_prompts(self, examples: Sequence[Example]) -> list[list[int]]:
        """Returns the token ids of prompts."""
        markup = {piece for example in examples for piece in example.pieces[::2]}
        known = dict(zip(markup, self._encode(list(markup), split=False), strict=True)) if markup else {}
        texts = iter(self._texts([piece for example in examples for piece in example.pieces[1::2]]))
        return [
            [token for at, piece in enumerate(example.pieces) for token in (next(texts) if at % 2 else known[piece])]
            for example in examples
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text of an output, without special tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _ids(self, names: Sequence[str]) -> list[int]:
        vocabulary = self._tokenizer.get_vocab()
        return [vocabulary[name] for name in names if name in vocabulary]

    def _texts(self, texts: list[str]) -> list[list[int]]:
        return self._encode(texts, split=True) if texts else []

    def _encode(self, texts: list[str], *, split: bool) -> list[list[int]]:
        ids: list[list[int]] = self._tokenizer(
            texts, add_special_tokens=False, split_special_tokens=split, return_attention_mask=False
        )["input_ids"]
        return ids
