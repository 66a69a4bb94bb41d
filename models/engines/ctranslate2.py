"""CTranslate2: int8 on CPUs, float16 or int8 on GPUs; the default for every architecture it converts."""

from collections.abc import Callable, Sequence
from os.path import commonprefix
from pathlib import Path
from typing import Any

import ctranslate2

from models.engines.answer import Answer
from models.engines.batches import by_length, check_window
from models.engines.heap import give_back
from models.protocol import Decoding, Hypothesis, OnToken, Prompt
from models.tokenizer import Tokenizer

BATCH = 32
"""Prompts in one batch. On two cores the bundled model writes 9 tokens/s alone and 89 in a batch of 32."""


class CTranslate2Engine:
    """One converted model: a decoder-only one as a Generator, an encoder-decoder one as a Translator."""

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
        """`copies` calls of `generate` may be under way at once, each with `threads`; they share the weights."""
        self.window = window
        self._tokenizer = tokenizer
        self._weights = (folder / "model.bin").stat().st_size
        runner = ctranslate2.Generator if decoder_only else ctranslate2.Translator
        self._runner: Any = runner(
            str(folder), device=device, compute_type=compute_type, inter_threads=copies, intra_threads=threads
        )
        self._run = self._continue if decoder_only else self._translate
        give_back()

    def count(self, text: str) -> int:
        """The number of tokens of `text`, special tokens not counted."""
        return self._tokenizer.count(text)

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given; a beam search calls nobody between its steps.

        Raises PromptTooLong before anything is generated.
        """
        ids = [self._tokenizer.ids(prompt) for prompt in prompts]
        lengths = [len(row) for row in ids]
        check_window(lengths, self.window)
        answers = [Answer(index, self._tokenizer, decoding.max_tokens, on_token) for index in range(len(prompts))]
        for batch in by_length(lengths, BATCH):
            self._run([prompts[i] for i in batch], [ids[i] for i in batch], decoding, [answers[i] for i in batch])
        return [answer.hypothesis() for answer in answers]

    def memory(self) -> int:
        """Bytes of weights held."""
        return self._weights

    def close(self) -> None:
        """Gives the memory back."""
        self._runner.unload_model()

    def _continue(
        self, prompts: Sequence[Prompt], ids: list[list[int]], decoding: Decoding, answers: Sequence[Answer]
    ) -> None:
        begun = [[*row, *self._tokenizer.prefix(prompt)] for row, prompt in zip(ids, prompts, strict=True)]
        shared = min(len(commonprefix(begun)), *(len(row) - 1 for row in begun)) if len(begun) > 1 else 0  # noqa: RUF071 - of token ids
        results = self._runner.generate_batch(
            [self._tokenizer.tokens(row[shared:]) for row in begun],
            # What the prompts begin with alike (an article) is read once. Never kept between calls: CTranslate2's
            # cache of it has no bound (some 300 MB an article, measured with 4.8.5).
            static_prompt=self._tokenizer.tokens(begun[0][:shared]) or None,
            cache_static_prompt=False,
            include_prompt_in_result=False,
            max_length=decoding.max_tokens,
            end_token=list(self._tokenizer.ends),
            **self._search(decoding),
            callback=_callback(answers, [0] * len(answers)) if decoding.beam_size == 1 else None,
        )
        if decoding.beam_size > 1:
            for answer, result in zip(answers, results, strict=True):
                tokens = result.sequences_ids[0]
                answer.take(tokens, result.scores[0] * len(tokens) ** decoding.length_penalty)

    def _translate(
        self, prompts: Sequence[Prompt], ids: list[list[int]], decoding: Decoding, answers: Sequence[Answer]
    ) -> None:
        prefixes = [list(prompt.prefix.names) for prompt in prompts]
        results = self._runner.translate_batch(
            [self._tokenizer.tokens(row) for row in ids],
            target_prefix=prefixes if any(prefixes) else None,
            max_decoding_length=max(map(len, prefixes)) + decoding.max_tokens,  # counts what the answer begins with
            max_input_length=0,  # the window was checked: nothing is cut silently
            end_token=list(self._tokenizer.ends),
            **self._search(decoding),
            callback=_callback(answers, [len(prefix) for prefix in prefixes]) if decoding.beam_size == 1 else None,
        )
        if decoding.beam_size > 1:
            for answer, result, prefix in zip(answers, results, prefixes, strict=True):
                tokens = self._tokenizer.nearest(result.hypotheses[0])
                answer.take(tokens[len(prefix) :], result.scores[0] * len(tokens) ** decoding.length_penalty)

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
            "suppress_sequences": [self._tokenizer.tokens(ids) for ids in self._tokenizer.spellings(decoding.banned)]
            or None,
            "return_scores": True,
            "return_end_token": True,
        }


def _callback(answers: Sequence[Answer], begun: Sequence[int]) -> Callable[[Any], bool]:
    """`begun` counts the steps of each answer that only repeat its forced prefix."""

    def step(result: Any) -> bool:
        if result.step < begun[result.batch_id]:
            return False
        stop: bool = answers[result.batch_id].push(result.token_id, result.log_prob or 0.0)
        return stop

    return step
