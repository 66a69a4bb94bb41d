"""Chooses the next token of each row from its logits, greedily or by sampling, after repetition rules and bans."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.protocol import Decoding

MAX_CANDIDATES = 1024
"""Number of likeliest tokens to sample from; sorting a whole vocabulary takes 10 ms per row."""


@dataclass(frozen=True, slots=True)
class Selection:
    """How to choose from one row of logits. Each row has its own `rng`, so that its samples depend on no other row."""

    decoding: Decoding
    written: Sequence[int]
    rng: Random
    banned: Sequence[Sequence[int]] = ()


def choose(logits: Tensor, selections: Sequence[Selection]) -> list[tuple[int, float]]:
    """Returns a token and its log-probability for each row of `logits` [rows, vocabulary], which is modified."""
    for row, selection in zip(logits, selections, strict=True):
        apply_constraints(row, selection.written, selection.decoding, selection.banned)
    chosen = logits.argmax(1)
    sampled = [index for index, selection in enumerate(selections) if selection.decoding.temperature > 0]
    if sampled:
        chosen[sampled] = _sample(logits[sampled], [selections[index] for index in sampled])
    scores = logits.gather(1, chosen[:, None])[:, 0] - logits.logsumexp(1)
    return list(zip(chosen.tolist(), scores.tolist(), strict=True))


def apply_constraints(row: Tensor, written: Sequence[int], decoding: Decoding, banned: Sequence[Sequence[int]]) -> None:
    """Applies the repetition rules and bans to one row of scores, in place."""
    if decoding.repetition_penalty != 1 and written:
        repeated = torch.tensor(sorted(set(written)), device=row.device)
        scores = row[repeated]
        row[repeated] = torch.where(
            scores < 0, scores * decoding.repetition_penalty, scores / decoding.repetition_penalty
        )
    banned_tokens = _repeated(written, decoding.no_repeat_ngram) if decoding.no_repeat_ngram else []
    banned_tokens += [run[-1] for run in banned if _ends_with(written, run[:-1])]
    if banned_tokens:
        row[banned_tokens] = -torch.inf


def _ends_with(written: Sequence[int], run: Sequence[int]) -> bool:
    return list(written[len(written) - len(run) :]) == list(run)


def _repeated(written: Sequence[int], size: int) -> list[int]:
    """Returns the tokens that would repeat a run of `size` tokens."""
    last_tokens = list(written[len(written) - size + 1 :]) if size > 1 else []
    starts = range(len(written) - size + 1)
    return [written[at + size - 1] for at in starts if list(written[at : at + size - 1]) == last_tokens]


def _sample(logits: Tensor, selections: Sequence[Selection]) -> Tensor:
    def each(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=logits.device)[:, None]

    most = min(MAX_CANDIDATES, logits.shape[1])
    ordered, tokens = (logits / each([selection.decoding.temperature for selection in selections])).topk(most, 1)
    ranks = torch.arange(most, device=logits.device)
    ordered = ordered.masked_fill(
        ranks >= each([selection.decoding.top_k or most for selection in selections]), -torch.inf
    )
    share = ordered.softmax(1)
    # The token that crosses `top_p` can still be sampled.
    share = share.masked_fill(
        share.cumsum(1) - share >= each([selection.decoding.top_p for selection in selections]), 0
    )
    reached = share.cumsum(1)
    at = (reached <= reached[:, -1:] * each([selection.rng.random() for selection in selections])).sum(1, keepdim=True)
    return tokens.gather(1, at.clamp_(max=most - 1))[:, 0]
