"""Examples as token ids, the same that Lede gives its engines (models.tokenizer), many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from training.shards import Example

ENDS = ("<|endoftext|>",)
"""Vocabulary entries that close an answer beside the model's own end, as the card's `ends`."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row's token ids; the first `prompt` of them are not learnt."""

    ids: list[int]
    prompt: int


class Encoder:
    """A model's tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Reads the tokenizer of a model's folder."""
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        self.end = int(self._tokenizer.eos_token_id)
        """The token that closes an answer."""
        self.ends = [self.end, *self._known(ENDS)]
        """The tokens at which an answer is over."""
        self.pad = int(self._tokenizer.pad_token_id if self._tokenizer.pad_token_id is not None else self.end)

    def rows(self, examples: Sequence[Example]) -> list[Encoded]:
        """Prompts and answers, each answer closed."""
        answers = self._texts([example.answer for example in examples])
        pairs = zip(self.prompts(examples), answers, strict=True)
        return [Encoded([*prompt, *answer, self.end], len(prompt)) for prompt, answer in pairs]

    def prompts(self, examples: Sequence[Example]) -> list[list[int]]:
        """Prompts alone."""
        markup = {piece for example in examples for piece in example.pieces[::2]}
        known = dict(zip(markup, self._encode(list(markup), split=False), strict=True)) if markup else {}
        texts = iter(self._texts([piece for example in examples for piece in example.pieces[1::2]]))
        return [
            [token for at, piece in enumerate(example.pieces) for token in (next(texts) if at % 2 else known[piece])]
            for example in examples
        ]

    def text(self, ids: Sequence[int]) -> str:
        """The text of an answer, special tokens left out."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _known(self, names: Sequence[str]) -> list[int]:
        vocabulary = self._tokenizer.get_vocab()
        return [vocabulary[name] for name in names if name in vocabulary]

    def _texts(self, texts: list[str]) -> list[list[int]]:
        return self._encode(texts, split=True) if texts else []

    def _encode(self, texts: list[str], *, split: bool) -> list[list[int]]:
        found: list[list[int]] = self._tokenizer(
            texts, add_special_tokens=False, split_special_tokens=split, return_attention_mask=False
        )["input_ids"]
        return found
