"""The CTranslate2 engine: int8 on CPUs, float16 or int8 on GPUs. The default for encoder-decoder models."""

from collections.abc import Callable, Sequence
from os.path import commonprefix
from pathlib import Path
from typing import Any

import ctranslate2

from models.engines.batches import by_length, check_window
from models.engines.heap import trim_heap
from models.engines.hypothesis_builder import HypothesisBuilder
from models.protocol import Decoding, Hypothesis, OnToken, Prompt
from models.tokenizer import Tokenizer

BATCH = 32
"""Prompts in one batch. On two cores the bundled model generates 9 tokens/s alone and 89 in a batch of 32."""


class CTranslate2Engine:
    """One converted model: a Generator for decoder-only models, a Translator for encoder-decoder models."""

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        *,
        decoder_only: bool,
        window: int,
        device: str = "auto",
        compute_type: str = "default",
        threads: int = 0,
        copies: int = 1,
    ) -> None:
        """Loads a model that runs `copies` calls of `generate` concurrently; they share weights.

        Each call uses `threads` threads.
        """
        self.window = window
        self._tokenizer = tokenizer
        self._weights = (folder / "model.bin").stat().st_size
        runner = ctranslate2.Generator if decoder_only else ctranslate2.Translator
        self._runner: Any = runner(
            str(folder), device=device, compute_type=compute_type, inter_threads=copies, intra_threads=threads
        )
        self._run = self._continue if decoder_only else self._translate
        trim_heap()

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`, without special tokens."""
        return self._tokenizer.count(text)

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts. Beam search does not call `on_token`.

        Raises PromptTooLong before generating anything.
        """
        ids = [self._tokenizer.prompt_ids(prompt) for prompt in prompts]
        lengths = [len(row) for row in ids]
        check_window(lengths, self.window)
        builders = [
            HypothesisBuilder(index, self._tokenizer, decoding.max_tokens, on_token) for index in range(len(prompts))
        ]
        for batch in by_length(lengths, BATCH):
            self._run([prompts[i] for i in batch], [ids[i] for i in batch], decoding, [builders[i] for i in batch])
        return [builder.hypothesis() for builder in builders]

    def memory(self) -> int:
        """Returns the size of the weights, in bytes."""
        return self._weights

    def close(self) -> None:
        """Frees the memory."""
        self._runner.unload_model()

    def _continue(
        self, prompts: Sequence[Prompt], ids: list[list[int]], decoding: Decoding, builders: Sequence[HypothesisBuilder]
    ) -> None:
        inputs = [[*row, *self._tokenizer.prefix_ids(prompt)] for row, prompt in zip(ids, prompts, strict=True)]
        shared = min(len(commonprefix(inputs)), *(len(row) - 1 for row in inputs)) if len(inputs) > 1 else 0  # noqa: RUF071 - of token ids
        results = self._runner.generate_batch(
            [self._tokenizer.tokens(row[shared:]) for row in inputs],
            # A common prefix of the prompts (an article) is read once. It is not cached between calls: CTranslate2's
            # cache is unbounded (about 300 MB per article, measured with 4.8.5).
            static_prompt=self._tokenizer.tokens(inputs[0][:shared]) or None,
            cache_static_prompt=False,
            include_prompt_in_result=False,
            max_length=decoding.max_tokens,
            end_token=list(self._tokenizer.stop_tokens),
            **self._search(decoding),
            callback=_callback(builders, [0] * len(builders)) if decoding.beam_size == 1 else None,
        )
        if decoding.beam_size > 1:
            for builder, result in zip(builders, results, strict=True):
                tokens = result.sequences_ids[0]
                builder.push_all(tokens, result.scores[0] * len(tokens) ** decoding.length_penalty)

    def _translate(
        self, prompts: Sequence[Prompt], ids: list[list[int]], decoding: Decoding, builders: Sequence[HypothesisBuilder]
    ) -> None:
        prefixes = [list(prompt.prefix.names) for prompt in prompts]
        results = self._runner.translate_batch(
            [self._tokenizer.tokens(row) for row in ids],
            target_prefix=prefixes if any(prefixes) else None,
            max_decoding_length=max(map(len, prefixes)) + decoding.max_tokens,  # includes the forced prefix
            max_input_length=0,  # disables truncation: the window was checked
            end_token=list(self._tokenizer.stop_tokens),
            **self._search(decoding),
            callback=_callback(builders, [len(prefix) for prefix in prefixes]) if decoding.beam_size == 1 else None,
        )
        if decoding.beam_size > 1:
            for builder, result, prefix in zip(builders, results, prefixes, strict=True):
                tokens = self._tokenizer.token_ids_or_unknown(result.hypotheses[0])
                builder.push_all(tokens[len(prefix) :], result.scores[0] * len(tokens) ** decoding.length_penalty)

    def _search(self, decoding: Decoding) -> dict[str, Any]:
        sampled = decoding.temperature > 0
        return {
            "beam_size": decoding.beam_size,
            "length_penalty": decoding.length_penalty,
            "repetition_penalty": decoding.repetition_penalty,
            "no_repeat_ngram_size": decoding.no_repeat_ngram,
            "sampling_topk": decoding.top_k if sampled else 1,
            "sampling_topp": decoding.top_p if sampled else 1,
            "sampling_temperature": decoding.temperature if sampled else 1,
            "suppress_sequences": [self._tokenizer.tokens(ids) for ids in self._tokenizer.phrase_ids(decoding.banned)]
            or None,
            "return_scores": True,
            "return_end_token": True,
        }


def _callback(builders: Sequence[HypothesisBuilder], prefix_lengths: Sequence[int]) -> Callable[[Any], bool]:
    """Returns a callback; `prefix_lengths` counts the steps of each hypothesis that only repeat its forced prefix."""

    def step(result: Any) -> bool:
        if result.step < prefix_lengths[result.batch_id]:
            return False
        stop: bool = builders[result.batch_id].push(result.token_id, result.log_prob or 0.0)
        return stop

    return step
