"""The transformers engine: any decoder-only or encoder-decoder model, if CTranslate2 does not support it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    GenerationConfig,
    GgufConfig,
    LogitsProcessor,
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    StoppingCriteria,
    StoppingCriteriaList,
)

from models.adapters.merging import Adapter
from models.engines.batches import by_length, check_window
from models.engines.hypothesis_builder import HypothesisBuilder
from models.protocol import Decoding, Hypothesis, OnToken, Prompt
from models.tokenizer import Tokenizer

BATCH = 8
"""Prompts in one padded batch: padding and finished rows cost as much as the others here."""


class TransformersEngine:
    """One model run by `generate` of transformers, in padded batches."""

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        *,
        decoder_only: bool,
        window: int,
        gguf: str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        adapter: Adapter | None = None,
    ) -> None:
        self.window = window
        self._tokenizer = tokenizer
        self._decoder_only = decoder_only
        self._device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        auto: Any = AutoModelForCausalLM if decoder_only else AutoModelForSeq2SeqLM
        source: dict[str, Any] = {"gguf_file": gguf} if gguf else {}
        if gguf and adapter:
            source["quantization_config"] = GgufConfig(
                dequantize=True
            )  # an adapter cannot be merged into packed weights
        model = auto.from_pretrained(folder, dtype=dtype, trust_remote_code=False, **source)
        if adapter:
            adapter.merge(model)
        self._start = model.generation_config.decoder_start_token_id
        self._pad = next(
            i for i in (model.config.pad_token_id, tokenizer.token_ids(tokenizer.stop_tokens)[0]) if i is not None
        )
        # Marian models, whose padding has a zero embedding, assign padding a high probability and ban it.
        self._banned = model.generation_config.bad_words_ids or getattr(model.config, "bad_words_ids", None)
        # The card sets these options (beams, forced tokens, penalties), not the model's repository.
        model.generation_config = GenerationConfig()
        self._model: Any = model.to(self._device).eval()

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`, without special tokens."""
        return self._tokenizer.count(text)

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts.

        Raises PromptTooLong before generating anything.
        """
        ids = [self._tokenizer.prompt_ids(prompt) for prompt in prompts]
        prefixes = [self._tokenizer.prefix_ids(prompt) for prompt in prompts]
        check_window([len(row) for row in ids], self.window)
        builders = [
            HypothesisBuilder(index, self._tokenizer, decoding.max_tokens, on_token) for index in range(len(prompts))
        ]
        # The rows of a batch begin to generate at the same position, so their forced prefixes have one length.
        order = sorted(range(len(prompts)), key=lambda index: len(prefixes[index]))
        for _, group in groupby(order, key=lambda index: len(prefixes[index])):
            members = list(group)
            for batch in by_length([len(ids[index]) for index in members], BATCH):
                indices = [members[at] for at in batch]
                self._run(
                    [ids[i] for i in indices], [prefixes[i] for i in indices], decoding, [builders[i] for i in indices]
                )
        return [builder.hypothesis() for builder in builders]

    def memory(self) -> int:
        """Returns the size of the weights, in bytes."""
        return int(self._model.get_memory_footprint())

    def close(self) -> None:
        """Frees the memory."""
        del self._model
        if self._device != "cpu":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def _run(
        self,
        rows: list[list[int]],
        prefixes: list[list[int]],
        decoding: Decoding,
        builders: Sequence[HypothesisBuilder],
    ) -> None:
        watch = _Watch(builders)
        greedy = decoding.beam_size == 1
        inputs = self._decoder_inputs(rows, prefixes) if self._decoder_only else self._pair_inputs(rows, prefixes)
        start = inputs["input_ids" if self._decoder_only else "decoder_input_ids"].shape[1]
        rules = _rules(decoding, start)
        outputs = self._model.generate(
            **inputs,
            generation_config=self._options(decoding),
            logits_processor=LogitsProcessorList([*rules, *([watch.recorder] if greedy else [])]),
            stopping_criteria=StoppingCriteriaList([watch] if greedy else []),
        )
        if not greedy:
            for builder, row, score in zip(builders, outputs.sequences, outputs.sequences_scores, strict=True):
                tokens = self._cut(row[start:].tolist())
                builder.push_all(tokens, float(score) * len(tokens) ** decoding.length_penalty)

    def _decoder_inputs(self, rows: list[list[int]], prefixes: list[list[int]]) -> dict[str, torch.Tensor]:
        return self._padded([[*row, *prefix] for row, prefix in zip(rows, prefixes, strict=True)], left=True)

    def _pair_inputs(self, rows: list[list[int]], prefixes: list[list[int]]) -> dict[str, torch.Tensor]:
        decoder_ids = torch.tensor([[self._start, *prefix] for prefix in prefixes], device=self._device)
        return {**self._padded(rows, left=False), "decoder_input_ids": decoder_ids}

    def _padded(self, rows: list[list[int]], *, left: bool) -> dict[str, torch.Tensor]:
        longest = max(map(len, rows))
        pads = [longest - len(row) for row in rows]
        padded = [[self._pad] * n + row if left else row + [self._pad] * n for row, n in zip(rows, pads, strict=True)]
        mask = [[0] * n + [1] * len(r) if left else [1] * len(r) + [0] * n for r, n in zip(rows, pads, strict=True)]
        return {
            "input_ids": torch.tensor(padded, device=self._device),
            "attention_mask": torch.tensor(mask, device=self._device),
        }

    def _options(self, decoding: Decoding) -> GenerationConfig:
        sampled = decoding.temperature > 0
        banned = [*(self._banned or []), *self._tokenizer.phrase_ids(decoding.banned)]
        chosen = {"temperature": decoding.temperature, "top_p": decoding.top_p, "top_k": decoding.top_k}
        beams = {"length_penalty": decoding.length_penalty} if decoding.beam_size > 1 else {}
        return GenerationConfig(
            max_new_tokens=decoding.max_tokens,
            num_beams=decoding.beam_size,
            do_sample=sampled,
            eos_token_id=self._tokenizer.token_ids(self._tokenizer.stop_tokens),
            pad_token_id=self._pad,
            decoder_start_token_id=self._start,
            bad_words_ids=banned or None,
            # Probabilities are over the allowed tokens only, as in CTranslate2.
            renormalize_logits=bool(banned or decoding.no_repeat_ngram),
            return_dict_in_generate=True,
            output_scores=decoding.beam_size > 1,
            **(chosen if sampled else {}),
            **beams,
        )

    def _cut(self, tokens: list[int]) -> list[int]:
        """Returns a row without the padding after its end."""
        ends = set(self._tokenizer.token_ids(self._tokenizer.stop_tokens))
        last = next((at for at, token in enumerate(tokens, 1) if token in ends), len(tokens))
        return tokens[:last]


def _rules(decoding: Decoding, skip: int) -> Iterator[LogitsProcessor]:
    """Yields the repetition rules, which ignore the prompt: the first `skip` tokens of each row."""
    if decoding.repetition_penalty != 1:
        yield _Answering(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty), skip)
    if decoding.no_repeat_ngram:
        yield _Answering(NoRepeatNGramLogitsProcessor(decoding.no_repeat_ngram), skip)


class _Answering(LogitsProcessor):
    """A logits processor that sees only the output, not the prompt."""

    def __init__(self, rule: LogitsProcessor, skip: int) -> None:
        self._rule = rule
        self._skip = skip

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        ruled: torch.Tensor = self._rule(input_ids[:, self._skip :], scores)
        return ruled


class _Watch(StoppingCriteria):
    """Passes each step's tokens to their builders, and stops the rows that are done."""

    def __init__(self, builders: Sequence[HypothesisBuilder]) -> None:
        self._builders = builders
        self.recorder = _Recorder()

    def __call__(self, input_ids: torch.Tensor, _scores: object, **_: object) -> torch.Tensor:
        tokens = input_ids[:, -1]
        chosen = self.recorder.log_probabilities.gather(1, tokens[:, None])[:, 0].tolist()
        pairs = zip(self._builders, tokens.tolist(), chosen, strict=True)
        done = [builder.push(token, score) for builder, token, score in pairs]
        return torch.tensor(done, device=input_ids.device)


class _Recorder(LogitsProcessor):
    """Records the log-probabilities from which the next token is chosen."""

    log_probabilities: torch.Tensor

    def __call__(self, _input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self.log_probabilities = torch.log_softmax(scores.float(), dim=-1)
        return scores
