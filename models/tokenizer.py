"""Text to tokens and back, the same for both engines, by the tokenizer that came with the model."""

import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from transformers import AutoTokenizer

from models.protocol import Markup, Piece, Prompt, Text, Tokens

FOLDER = "tokenizer"
"""Where a converted model keeps its tokenizer's files."""


class Tokenizer:
    """A Hugging Face tokenizer that never takes a caller's text for special tokens. Safe to use from many threads."""

    def __init__(self, folder: Path, *, gguf: str | None = None, ends: tuple[str, ...] = ()) -> None:
        """Reads a folder's tokenizer, or its GGUF file's. `ends` close an answer beside the model's own end."""
        source = {"gguf_file": gguf} if gguf else {}
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **source)
        self.ends = (str(self._tokenizer.eos_token), *ends)
        self._lock = Lock()  # a fast tokenizer is switched between the two ways of reading special tokens
        self.special_ids = frozenset(self._tokenizer.all_special_ids) | set(self.known(self.ends))
        self._ruling = self.special_ids - {self._tokenizer.unk_token_id}
        names = sorted(self.tokens(list(self._ruling)), key=len, reverse=True)
        self._spelt = re.compile(f"({'|'.join(map(re.escape, names))})")

    def count(self, text: str) -> int:
        """The number of tokens of a caller's text."""
        return len(self._piece(Text(text)))

    def ids(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt."""
        return [token for piece in prompt.pieces for token in self._piece(piece)]

    def chat(self, system: str, user: str, options: dict[str, bool]) -> str:
        """The markup of a conversation up to where the model answers, by the chat template that came with it."""
        turns = [{"role": "system", "content": system}] if system else []
        turns.append({"role": "user", "content": user})
        return str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, **options))

    def prefix(self, prompt: Prompt) -> list[int]:
        """The token ids that the answer is forced to begin with."""
        return self._piece(prompt.prefix)

    def spellings(self, phrases: Sequence[str]) -> list[list[int]]:
        """The token ids of each phrase as a text may begin with it, and as it stands behind a space."""
        found = [tuple(self._piece(Text(before + phrase))) for phrase in phrases for before in ("", " ")]
        return [list(ids) for ids in dict.fromkeys(found) if ids]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The vocabulary entries of token ids."""
        return list(self._tokenizer.convert_ids_to_tokens(list(ids)))

    def known(self, names: Sequence[str]) -> list[int]:
        """The token ids of vocabulary entries. Raises ValueError for a name that is not one."""
        return [self._id(name) for name in names]

    def nearest(self, names: Sequence[str]) -> list[int]:
        """The token ids of vocabulary entries; the unknown token's for a row that only pads a model's vocabulary."""
        return list(self._tokenizer.convert_tokens_to_ids(list(names)))

    def text(self, ids: Sequence[int]) -> str:
        """The text of token ids, special tokens left out."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _piece(self, piece: Piece) -> list[int]:
        if isinstance(piece, Tokens):
            return self.known(piece.names)
        with self._lock:
            if isinstance(piece, Markup):
                return self._encode(piece.text, split=False)
            ids = self._encode(piece.text, split=True)
            if self._ruling.isdisjoint(ids):
                return ids
            # Some tokenizers find special tokens in their vocabulary even so. Cut in two, they are found no more.
            parts = [part for at, part in enumerate(self._spelt.split(piece.text)) for part in _cut(part, at)]
            return [token for part in parts for token in self._encode(part, split=True)]

    def _encode(self, text: str, *, split: bool) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=split))

    def _id(self, name: str) -> int:
        token = self._tokenizer.convert_tokens_to_ids(name)
        if token is None or (token == self._tokenizer.unk_token_id and name != self._tokenizer.unk_token):
            raise ValueError(f"The vocabulary has no entry {name!r}.")
        return int(token)


def _cut(part: str, at: int) -> tuple[str, ...]:
    """The text between two special tokens as it is, and the token that stands at an odd place in two."""
    return (part[:1], part[1:]) if at % 2 else (part,)


class Detokenizer:
    """The text of one answer as its tokens come: whole characters only, spaces where they belong."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._context = 0  # tokens before it are done with
        self._shown = 0  # tokens before it have given their text

    def push(self, token: int) -> str:
        """The text that has become certain with one more token; empty while a character is incomplete."""
        self._ids.append(token)
        return self._advance(incomplete=False)

    def flush(self) -> str:
        """What is left when no more tokens come."""
        return self._advance(incomplete=True)

    def _advance(self, *, incomplete: bool) -> str:
        # A token's text may depend on the one before it (a leading space): decode both, and take what is new.
        before = self._tokenizer.text(self._ids[self._context : self._shown])
        now = self._tokenizer.text(self._ids[self._context :])
        if len(now) <= len(before) or (now.endswith("\ufffd") and not incomplete):
            return ""
        self._context, self._shown = self._shown, len(self._ids)
        return now[len(before) :]
