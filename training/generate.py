"""Greedy answers in batches, as the product's engines write them: for measuring, and for the base model's own texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from training.batches import fill
from training.encode import Encoder
from training.network import device
from training.shards import Example


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote; `whole` unless it was cut at the longest."""

    text: str
    whole: bool


@torch.inference_mode()
def answers(
    model: Any,
    encoder: Encoder,
    examples: Sequence[Example],
    *,
    longest: int,
    tokens: int,
    tell: Callable[[int], None] = lambda _done: None,
) -> list[Answer]:
    """One for each prompt, in their order. `longest` and `tokens` are of an answer, and of a batch with its answers."""
    prompts = encoder.prompts(examples)
    room = [len(prompt) + longest for prompt in prompts]
    found: dict[int, Answer] = {}
    model.eval()
    # Headlines beside headlines: a batch takes as long as its longest answer.
    order = sorted(range(len(prompts)), key=lambda row: (examples[row].label, room[row]))
    for batch in fill(order, room, tokens):
        written = _written(model, encoder, [prompts[row] for row in batch], longest)
        found |= dict(zip(batch, written, strict=True))
        tell(len(found))
    return [found[row] for row in range(len(prompts))]


def _written(model: Any, encoder: Encoder, prompts: Sequence[list[int]], longest: int) -> list[Answer]:
    width = max(map(len, prompts))
    ids = torch.tensor([[encoder.pad] * (width - len(prompt)) + prompt for prompt in prompts], device=device())
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device())
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
        made = model.generate(
            input_ids=ids,
            attention_mask=mask,
            generation_config=GenerationConfig(
                max_new_tokens=longest, do_sample=False, eos_token_id=encoder.ends, pad_token_id=encoder.pad
            ),
        )
    return [_answer(encoder, row) for row in made[:, width:].tolist()]


def _answer(encoder: Encoder, row: list[int]) -> Answer:
    end = next((at for at, token in enumerate(row) if token in encoder.ends), None)
    return Answer(encoder.text(row[:end]).strip(), end is not None)
