"""Attention over rows of different lengths: adjacent lanes that feed the same number of tokens share one call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import torch
from torch import Tensor
from torch.nn import functional

from models.engines.native.cache import Lane, LanePool
from models.engines.native.shape import DecoderShape


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """The next tokens of one lane."""

    lane: Lane
    tokens: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Run:
    """Adjacent lanes of one pool with `each` new tokens per lane, and the positions of these tokens in the step."""

    pool: LanePool
    lanes: slice
    tokens: slice
    each: int
    longest: int
    masks: dict[int, Tensor | None]  # by the layers' sliding window


class Plan:
    """What the spans of one step need in every layer, computed once: positions, cache slots of new keys, masks.

    `order` is the order of the spans; all tensors of the step have their tokens in this order.
    """

    def __init__(self, spans: Sequence[TokenSpan], shape: DecoderShape, device: str) -> None:
        self._shape = shape
        self.order = sorted(
            range(len(spans)),
            key=lambda i: (spans[i].lane.pool.capacity, len(spans[i].tokens), spans[i].lane.slot),
        )
        ordered = [spans[index] for index in self.order]
        self.tokens = torch.tensor([token for span in ordered for token in span.tokens], device=device)
        places = [(span.lane, at) for span in ordered for at in range(span.lane.length, _end(span))]
        self.positions = torch.tensor([at for _, at in places], device=device)
        self._writes = list(_writes(places, device))
        self._runs = list(_runs(ordered, shape, device))

    def attend(self, layer: int, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Stores keys and values, and computes attention: [tokens, heads x head size]."""
        for pool, tokens, places in self._writes:
            for kind, new in enumerate((keys, values)):
                rows = places + (2 * layer + kind) * pool.capacity
                pool.data.flatten(0, 3).index_copy_(0, rows, new[tokens].to(pool.data.dtype))
        parts = [self._run(run, layer, queries[run.tokens]) for run in self._runs]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _run(self, run: _Run, layer: int, queries: Tensor) -> Tensor:
        shape = self._shape
        past = run.pool.data[run.lanes, layer, :, : run.longest].transpose(0, 1).transpose(2, 3)
        if run.each == run.longest and not 0 < shape.sliding[layer] < run.longest:
            return self._fresh(run, past, queries)
        grouped = queries.reshape(-1, run.each, shape.key_heads, shape.heads // shape.key_heads, shape.head_size)
        # Queries of one group become further queries of one head, so that keys are not repeated.
        folded = grouped.transpose(1, 2).flatten(2, 3).to(past.dtype)
        mask = run.masks[shape.sliding[layer]]
        attended = functional.scaled_dot_product_attention(
            folded, past[0], past[1], attn_mask=mask, scale=shape.attention_scale
        )
        unfolded = attended.unflatten(2, (run.each, -1)).transpose(1, 2)
        joined: Tensor = unfolded.reshape(len(queries), -1).to(queries.dtype)
        return joined

    def _fresh(self, run: _Run, past: Tensor, queries: Tensor) -> Tensor:
        """Computes causal attention for lanes that were empty, which skips the masked half."""
        shape = self._shape
        heads = queries.view(-1, run.each, shape.heads, shape.head_size).transpose(1, 2).to(past.dtype)
        keys, values = (kind.repeat_interleave(shape.heads // shape.key_heads, 1) for kind in past)
        attended = functional.scaled_dot_product_attention(
            heads, keys, values, is_causal=True, scale=shape.attention_scale
        )
        return attended.transpose(1, 2).reshape(len(queries), -1).to(queries.dtype)


def _end(span: TokenSpan) -> int:
    return span.lane.length + len(span.tokens)


def _writes(places: Sequence[tuple[Lane, int]], device: str) -> Iterator[tuple[LanePool, slice, Tensor]]:
    """Yields each pool with its tokens of the step, and the rows of their keys in the first layer."""
    first = 0
    for _, members in groupby(places, key=lambda place: place[0].pool.capacity):
        group = list(members)
        pool = group[0][0].pool
        size = pool.data.shape[1:4].numel()  # rows per lane
        rows = torch.tensor([lane.slot * size + at for lane, at in group], device=device)
        yield pool, slice(first, first := first + len(group)), rows


def _runs(ordered: Sequence[TokenSpan], shape: DecoderShape, device: str) -> Iterator[_Run]:
    breaks = [at for at, (one, other) in enumerate(pairwise(ordered), 1) if not _neighbours(one, other)]
    token = 0
    for first, last in pairwise([0, *breaks, len(ordered)]):
        spans = ordered[first:last]
        each, slot = len(spans[0].tokens), spans[0].lane.slot
        tokens = slice(token, token := token + each * len(spans))
        masks = {back: _mask(spans, back, shape, device) for back in set(shape.sliding)}
        yield _Run(spans[0].lane.pool, slice(slot, slot + len(spans)), tokens, each, max(map(_end, spans)), masks)


def _neighbours(one: TokenSpan, other: TokenSpan) -> bool:
    side_by_side = one.lane.pool is other.lane.pool and one.lane.slot + 1 == other.lane.slot
    return side_by_side and len(one.tokens) == len(other.tokens)


def _mask(spans: Sequence[TokenSpan], back: int, shape: DecoderShape, device: str) -> Tensor | None:
    """Returns the additive mask of the folded queries, [lanes, 1, queries, keys], or None if nothing is masked."""
    longest, each = max(map(_end, spans)), len(spans[0].tokens)
    if len(spans) == 1 and each == 1 and not 0 < back < longest:
        return None
    starts = torch.tensor([span.lane.length for span in spans], device=device)
    here = (starts[:, None] + torch.arange(each, device=device))[:, :, None]
    keys = torch.arange(longest, device=device)
    hidden = keys > here
    if back:
        hidden |= keys <= here - back
    added = torch.zeros(hidden.shape, device=device).masked_fill_(hidden, -torch.inf)
    group = shape.heads // shape.key_heads
    return added[:, :, None].expand(-1, -1, group, -1).flatten(1, 2)[:, None]
