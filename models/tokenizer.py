"""Tokenization and detokenization with the model's own tokenizer, shared by all engines that run here."""

import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from transformers import AutoTokenizer

from models.protocol import Markup, Piece, Prompt, Text, Tokens

FOLDER = "tokenizer"
"""The folder of a converted model that contains its tokenizer."""


class Tokenizer:
    """A Hugging Face tokenizer that never interprets untrusted text as special tokens. Thread-safe."""

    def __init__(self, folder: Path, *, gguf: str | None = None, stop_tokens: tuple[str, ...] = ()) -> None:
        """Loads a folder's tokenizer, or its GGUF file's. `stop_tokens` end an output in addition to EOS."""
        source = {"gguf_file": gguf} if gguf else {}
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **source)
        self.stop_tokens = (str(self._tokenizer.eos_token), *stop_tokens)
        self._lock = Lock()  # a fast tokenizer's handling of special tokens is a mode that calls switch
        self.special_ids = frozenset(self._tokenizer.all_special_ids) | set(self.token_ids(self.stop_tokens))
        self._ruling = self.special_ids - {self._tokenizer.unk_token_id}
        names = sorted(self.tokens(list(self._ruling)), key=len, reverse=True)
        self._special = re.compile(f"({'|'.join(map(re.escape, names))})")

    def count(self, text: str) -> int:
        """Returns the number of tokens in an untrusted text."""
        return len(self._piece(Text(text)))

    def prompt_ids(self, prompt: Prompt) -> list[int]:
        """Returns the token ids of a prompt."""
        return [token for piece in prompt.pieces for token in self._piece(piece)]

    def chat(self, system: str, user: str, options: dict[str, bool]) -> str:
        """Returns the markup of a conversation up to the model's turn, rendered by the model's chat template."""
        turns = [{"role": "system", "content": system}] if system else []
        turns.append({"role": "user", "content": user})
        return str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, **options))

    def prefix_ids(self, prompt: Prompt) -> list[int]:
        """Returns the token ids that the output must begin with."""
        return self._piece(prompt.prefix)

    def phrase_ids(self, phrases: Sequence[str]) -> list[list[int]]:
        """Returns the token ids of each phrase, at the start of a text and after a space."""
        ids = [tuple(self._piece(Text(before + phrase))) for phrase in phrases for before in ("", " ")]
        return [list(phrase) for phrase in dict.fromkeys(ids) if phrase]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """Returns the vocabulary entries of token ids."""
        return list(self._tokenizer.convert_ids_to_tokens(list(ids)))

    def token_ids(self, names: Sequence[str]) -> list[int]:
        """Returns the token ids of vocabulary entries. Raises ValueError for a name that is not in the vocabulary."""
        return [self._id(name) for name in names]

    def token_ids_or_unknown(self, names: Sequence[str]) -> list[int]:
        """Returns the token ids of vocabulary entries; the unknown token's for those that only pad the vocabulary."""
        return list(self._tokenizer.convert_tokens_to_ids(list(names)))

    def decode(self, ids: Sequence[int]) -> str:
        """Returns the text of token ids, without special tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _piece(self, piece: Piece) -> list[int]:
        if isinstance(piece, Tokens):
            return self.token_ids(piece.names)
        with self._lock:
            if isinstance(piece, Markup):
                return self._encode(piece.text, split=False)
            ids = self._encode(piece.text, split=True)
            if self._ruling.isdisjoint(ids):
                return ids
            # Some tokenizers recognize special tokens even so. Split in two, they are not recognized.
            parts = [
                part for at, part in enumerate(self._special.split(piece.text)) for part in _split_special(part, at)
            ]
            return [token for part in parts for token in self._encode(part, split=True)]

    def _encode(self, text: str, *, split: bool) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=split))

    def _id(self, name: str) -> int:
        token = self._tokenizer.convert_tokens_to_ids(name)
        if token is None or (token == self._tokenizer.unk_token_id and name != self._tokenizer.unk_token):
            raise ValueError(f"The vocabulary has no entry {name!r}.")
        return int(token)


def _split_special(part: str, at: int) -> tuple[str, ...]:
    """Returns the text between special tokens unchanged, and the special tokens (odd positions) split in two."""
    return (part[:1], part[1:]) if at % 2 else (part,)


class Detokenizer:
    """The text of one output as its tokens arrive: complete characters only, with correct spacing."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._context = 0  # tokens before this index are no longer needed
        self._emitted = 0  # the text of tokens before this index was returned

    def push(self, token: int) -> str:
        """Adds a token. Returns the text that is now final; empty while a character is incomplete."""
        self._ids.append(token)
        return self._advance(incomplete=False)

    def flush(self) -> str:
        """Returns the remaining text when no more tokens follow."""
        return self._advance(incomplete=True)

    def _advance(self, *, incomplete: bool) -> str:
        # A token's text may depend on the one before it (a leading space): decode both and return the difference.
        before = self._tokenizer.decode(self._ids[self._context : self._emitted])
        now = self._tokenizer.decode(self._ids[self._context :])
        if len(now) <= len(before) or (now.endswith("\ufffd") and not incomplete):
            return ""
        self._context, self._emitted = self._emitted, len(self._ids)
        return now[len(before) :]
