"""Greedy generation in batches, as the engines do it: for evaluation, and for the base model's own outputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from training.batches import fill_batches
from training.encode import Encoder
from training.network import device
from training.shards import Example


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's output; `complete` unless it reached the maximum length."""

    text: str
    complete: bool


@torch.inference_mode()
def generate(
    model: Any,
    encoder: Encoder,
    examples: Sequence[Example],
    *,
    longest: int,
    tokens: int,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> list[Completion]:
    """Returns a completion for each prompt, in order.

    `longest` limits the tokens of a completion, `tokens` those of a batch with its completions.
    """
    prompts = encoder.encode_prompts(examples)
    lengths = [len(prompt) + longest for prompt in prompts]
    completions: dict[int, Completion] = {}
    model.eval()
    # Examples of one task go together: a batch takes as long as its longest completion.
    order = sorted(range(len(prompts)), key=lambda row: (examples[row].label, lengths[row]))
    for batch in fill_batches(order, lengths, tokens):
        outputs = _generate_batch(model, encoder, [prompts[row] for row in batch], longest)
        completions |= dict(zip(batch, outputs, strict=True))
        on_progress(len(completions))
    return [completions[row] for row in range(len(prompts))]


def _generate_batch(model: Any, encoder: Encoder, prompts: Sequence[list[int]], longest: int) -> list[Completion]:
    width = max(map(len, prompts))
    ids = torch.tensor([[encoder.pad_id] * (width - len(prompt)) + prompt for prompt in prompts], device=device())
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device())
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
        outputs = model.generate(
            input_ids=ids,
            attention_mask=mask,
            generation_config=GenerationConfig(
                max_new_tokens=longest, do_sample=False, eos_token_id=encoder.stop_ids, pad_token_id=encoder.pad_id
            ),
        )
    return [_completion(encoder, row) for row in outputs[:, width:].tolist()]


def _completion(encoder: Encoder, row: list[int]) -> Completion:
    end = next((at for at, token in enumerate(row) if token in encoder.stop_ids), None)
    return Completion(encoder.decode(row[:end]).strip(), end is not None)
