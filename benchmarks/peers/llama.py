"""llama-cpp-python as an engine for benchmarks.engine: runs the GGUF, one prompt at a time."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.protocol import Decoding, Hypothesis, Markup, OnToken, Prompt, Text


class LlamaEngine:
    """A GGUF in llama.cpp with default options and a thread per core.

    llama.cpp reuses the KV cache for the longest common prefix of a prompt and the previous one.
    """

    def __init__(self, gguf: Path, window: int) -> None:
        import llama_cpp  # type: ignore[import-not-found]  # noqa: PLC0415 - an optional dependency

        threads = os.cpu_count() or 1
        self.window = window
        self._size = gguf.stat().st_size
        self._llama: Any = llama_cpp.Llama(
            str(gguf), n_ctx=window, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def memory(self) -> int:
        """Returns the size of the weights in bytes."""
        return self._size

    def close(self) -> None:
        """Frees the memory."""
        self._llama.close()

    def count(self, text: str) -> int:
        """Returns the number of tokens of a text."""
        return len(self._llama.tokenize(text.encode(), add_bos=False, special=False))

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, by greedy search."""
        return [self._one(index, prompt, decoding, on_token) for index, prompt in enumerate(prompts)]

    def _one(self, index: int, prompt: Prompt, decoding: Decoding, on_token: OnToken | None) -> Hypothesis:
        ids: list[int] = []
        for piece in prompt.pieces:
            assert isinstance(piece, Text | Markup)
            ids += self._llama.tokenize(piece.text.encode(), add_bos=False, special=isinstance(piece, Markup))
        written: list[int] = []
        for token in self._llama.generate(ids, temp=0.0, top_k=1, repeat_penalty=1.0):
            if token == self._llama.token_eos() or len(written) == decoding.max_tokens:
                break
            written.append(token)
            if on_token:
                on_token(index, "")
        text = self._llama.detokenize(written).decode(errors="replace")
        return Hypothesis(text, len(written), "end", 0.0)
