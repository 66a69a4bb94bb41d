"""transformers: any decoder-only or encoder-decoder model, on CPU or GPU, where CTranslate2 has no conversion."""

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
from models.engines.answer import Answer
from models.engines.batches import by_length, check_window
from models.protocol import Decoding, Hypothesis, OnToken, Prompt
from models.tokenizer import Tokenizer

BATCH = 8
"""Prompts in one padded batch: padding and finished rows cost as much as the rest here."""


class TransformersEngine:
    """One model through `generate`, in padded batches."""

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
            source["quantization_config"] = GgufConfig(dequantize=True)  # nothing is added to packed weights
        model = auto.from_pretrained(folder, dtype=dtype, trust_remote_code=False, **source)
        if adapter:
            adapter.merge(model)
        self._start = model.generation_config.decoder_start_token_id
        self._pad = next(i for i in (model.config.pad_token_id, tokenizer.known(tokenizer.ends)[0]) if i is not None)
        # A Marian model, whose padding has a zero embedding, finds padding likely and is told never to write it.
        self._never = model.generation_config.bad_words_ids or getattr(model.config, "bad_words_ids", None)
        # The options that came with the model (beams, forced tokens, penalties) are the card's to give.
        model.generation_config = GenerationConfig()
        self._model: Any = model.to(self._device).eval()

    def count(self, text: str) -> int:
        """The number of tokens of `text`, special tokens not counted."""
        return self._tokenizer.count(text)

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given. Raises PromptTooLong before anything is generated."""
        ids = [self._tokenizer.ids(prompt) for prompt in prompts]
        prefixes = [self._tokenizer.prefix(prompt) for prompt in prompts]
        check_window([len(row) for row in ids], self.window)
        answers = [Answer(index, self._tokenizer, decoding.max_tokens, on_token) for index in range(len(prompts))]
        # Rows of one batch begin their answers at one place, so their forced prefixes are of one length.
        order = sorted(range(len(prompts)), key=lambda index: len(prefixes[index]))
        for _, group in groupby(order, key=lambda index: len(prefixes[index])):
            members = list(group)
            for batch in by_length([len(ids[index]) for index in members], BATCH):
                indices = [members[at] for at in batch]
                self._run(
                    [ids[i] for i in indices], [prefixes[i] for i in indices], decoding, [answers[i] for i in indices]
                )
        return [answer.hypothesis() for answer in answers]

    def memory(self) -> int:
        """Bytes of weights held."""
        return int(self._model.get_memory_footprint())

    def close(self) -> None:
        """Gives the memory back."""
        del self._model
        if self._device != "cpu":
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def _run(
        self, rows: list[list[int]], prefixes: list[list[int]], decoding: Decoding, answers: Sequence[Answer]
    ) -> None:
        watch = _Watch(answers)
        greedy = decoding.beam_size == 1
        inputs = self._decoder_inputs(rows, prefixes) if self._decoder_only else self._pair_inputs(rows, prefixes)
        begun = inputs["input_ids" if self._decoder_only else "decoder_input_ids"].shape[1]
        rules = _rules(decoding, begun)
        found = self._model.generate(
            **inputs,
            generation_config=self._options(decoding),
            logits_processor=LogitsProcessorList([*rules, *([watch.recorder] if greedy else [])]),
            stopping_criteria=StoppingCriteriaList([watch] if greedy else []),
        )
        if not greedy:
            for answer, row, score in zip(answers, found.sequences, found.sequences_scores, strict=True):
                tokens = self._cut(row[begun:].tolist())
                answer.take(tokens, float(score) * len(tokens) ** decoding.length_penalty)

    def _decoder_inputs(self, rows: list[list[int]], prefixes: list[list[int]]) -> dict[str, torch.Tensor]:
        return self._padded([[*row, *prefix] for row, prefix in zip(rows, prefixes, strict=True)], left=True)

    def _pair_inputs(self, rows: list[list[int]], prefixes: list[list[int]]) -> dict[str, torch.Tensor]:
        begun = torch.tensor([[self._start, *prefix] for prefix in prefixes], device=self._device)
        return {**self._padded(rows, left=False), "decoder_input_ids": begun}

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
        never = [*(self._never or []), *self._tokenizer.spellings(decoding.banned)]
        chosen = {"temperature": decoding.temperature, "top_p": decoding.top_p, "top_k": decoding.top_k}
        beams = {"length_penalty": decoding.length_penalty} if decoding.beam_size > 1 else {}
        return GenerationConfig(
            max_new_tokens=decoding.max_tokens,
            num_beams=decoding.beam_size,
            do_sample=sampled,
            eos_token_id=self._tokenizer.known(self._tokenizer.ends),
            pad_token_id=self._pad,
            decoder_start_token_id=self._start,
            bad_words_ids=never or None,
            # As if there were no words but those allowed, which is how CTranslate2 counts.
            renormalize_logits=bool(never or decoding.no_repeat_ngram),
            return_dict_in_generate=True,
            output_scores=decoding.beam_size > 1,
            **(chosen if sampled else {}),
            **beams,
        )

    def _cut(self, tokens: list[int]) -> list[int]:
        """A row without the padding behind its end."""
        ends = set(self._tokenizer.known(self._tokenizer.ends))
        last = next((at for at, token in enumerate(tokens, 1) if token in ends), len(tokens))
        return tokens[:last]


def _rules(decoding: Decoding, skip: int) -> Iterator[LogitsProcessor]:
    """What an answer may not repeat. Its prompt it may: `skip` counts the tokens before it in its row."""
    if decoding.repetition_penalty != 1:
        yield _Answering(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty), skip)
    if decoding.no_repeat_ngram:
        yield _Answering(NoRepeatNGramLogitsProcessor(decoding.no_repeat_ngram), skip)


class _Answering(LogitsProcessor):
    """A rule that sees the answer alone."""

    def __init__(self, rule: LogitsProcessor, skip: int) -> None:
        self._rule = rule
        self._skip = skip

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        ruled: torch.Tensor = self._rule(input_ids[:, self._skip :], scores)
        return ruled


class _Watch(StoppingCriteria):
    """Hands each step's tokens to their answers, and stops the rows that are done."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = answers
        self.recorder = _Recorder()

    def __call__(self, input_ids: torch.Tensor, _scores: object, **_: object) -> torch.Tensor:
        tokens = input_ids[:, -1]
        chosen = self.recorder.log_probabilities.gather(1, tokens[:, None])[:, 0].tolist()
        pairs = zip(self._answers, tokens.tolist(), chosen, strict=True)
        done = [answer.push(token, score) for answer, token, score in pairs]
        return torch.tensor(done, device=input_ids.device)


class _Recorder(LogitsProcessor):
    """Keeps the log-probabilities that the next token is chosen by."""

    log_probabilities: torch.Tensor

    def __call__(self, _input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        self.log_probabilities = torch.log_softmax(scores.float(), dim=-1)
        return scores
