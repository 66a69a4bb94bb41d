"""The next token of each row from its logits: the likeliest, or one drawn, after what it may not repeat."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from models.protocol import Decoding

DRAWN = 1024
"""Likeliest tokens that one is drawn from: to sort a whole vocabulary takes 10 ms a row."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How one row of logits is to be chosen from. `dice` are the row's own: what it draws depends on no other."""

    decoding: Decoding
    written: Sequence[int]
    dice: Random
    banned: Sequence[Sequence[int]] = ()


def choose(logits: Tensor, wishes: Sequence[Wish]) -> list[tuple[int, float]]:
    """A token and its log-probability for each row of `logits` [rows, vocabulary], which are changed."""
    for row, wish in zip(logits, wishes, strict=True):
        rule(row, wish.written, wish.decoding, wish.banned)
    chosen = logits.argmax(1)
    drawn = [index for index, wish in enumerate(wishes) if wish.decoding.temperature > 0]
    if drawn:
        chosen[drawn] = _draw(logits[drawn], [wishes[index] for index in drawn])
    scores = logits.gather(1, chosen[:, None])[:, 0] - logits.logsumexp(1)
    return list(zip(chosen.tolist(), scores.tolist(), strict=True))


def rule(row: Tensor, written: Sequence[int], decoding: Decoding, banned: Sequence[Sequence[int]]) -> None:
    """Applies to one row of scores, in place, what an answer may not repeat of itself, and what it may not say."""
    if decoding.repetition_penalty != 1 and written:
        seen = torch.tensor(sorted(set(written)), device=row.device)
        scores = row[seen]
        row[seen] = torch.where(scores < 0, scores * decoding.repetition_penalty, scores / decoding.repetition_penalty)
    never = _repeated(written, decoding.no_repeat_ngram) if decoding.no_repeat_ngram else []
    never += [run[-1] for run in banned if _ends_with(written, run[:-1])]
    if never:
        row[never] = -torch.inf


def _ends_with(written: Sequence[int], run: Sequence[int]) -> bool:
    return list(written[len(written) - len(run) :]) == list(run)


def _repeated(written: Sequence[int], size: int) -> list[int]:
    """Tokens that would make the last `size` tokens a run that was there before."""
    begun = list(written[len(written) - size + 1 :]) if size > 1 else []
    starts = range(len(written) - size + 1)
    return [written[at + size - 1] for at in starts if list(written[at : at + size - 1]) == begun]


def _draw(logits: Tensor, wishes: Sequence[Wish]) -> Tensor:
    def each(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, device=logits.device)[:, None]

    most = min(DRAWN, logits.shape[1])
    ordered, tokens = (logits / each([wish.decoding.temperature for wish in wishes])).topk(most, 1)
    ranks = torch.arange(most, device=logits.device)
    ordered = ordered.masked_fill(ranks >= each([wish.decoding.top_k or most for wish in wishes]), -torch.inf)
    share = ordered.softmax(1)
    # The token that crosses `top_p` is still among those drawn from.
    share = share.masked_fill(share.cumsum(1) - share >= each([wish.decoding.top_p for wish in wishes]), 0)
    reached = share.cumsum(1)
    at = (reached <= reached[:, -1:] * each([wish.dice.random() for wish in wishes])).sum(1, keepdim=True)
    return tokens.gather(1, at.clamp_(max=most - 1))[:, 0]
