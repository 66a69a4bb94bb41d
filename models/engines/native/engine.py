"""The native engine: rows join, read their prompts in chunks, generate together, and leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from os.path import commonprefix
from pathlib import Path

import torch

from models.engines.batches import check_window
from models.engines.heap import trim_heap
from models.engines.hypothesis_builder import HypothesisBuilder
from models.engines.native.attention import TokenSpan
from models.engines.native.cache import KVCache
from models.engines.native.checkpoint import EMBEDDING, WEIGHTS, load
from models.engines.native.choosing import choose
from models.engines.native.decoder import Decoder
from models.engines.native.drafts import StepCost
from models.engines.native.prefixes import BLOCK, PrefixCache
from models.engines.native.rows import BeamRow, SequenceRow
from models.engines.native.shape import DecoderShape
from models.protocol import Decoding, Hypothesis, OnToken, Prompt, StepOutput
from models.tokenizer import Tokenizer

PREFILL_TOKENS, SHARED_PREFILL_TOKENS = 256, 64
"""Prompt tokens read per step: while no row generates, and while others do, which must not wait long."""

KV_CACHE_BYTES = 1_000_000_000
"""Bytes of the running rows' keys and values: 17,400 tokens of the bundled model. Rows that do not fit wait."""

PREFIX_CACHE_BYTES = 200_000_000
"""Bytes of the prefix cache: 3,500 tokens of the bundled model, about five articles."""


@dataclass(eq=False, slots=True)
class _Work:
    """A row from joining to its end: first waiting without a lane, then reading, then generating."""

    key: int
    tokens: list[int]
    decoding: Decoding
    on_token: OnToken | None
    texts: list[str] = field(default_factory=list)  # new in this step
    row: SequenceRow | BeamRow | None = None
    reading: bool = True
    cached_tokens: int = 0  # prompt tokens found in the prefix cache

    @property
    def max_length(self) -> int:
        return len(self.tokens) + self.decoding.max_tokens

    def add_text(self, _index: int, text: str) -> bool:
        self.texts.append(text)
        return bool(self.on_token and self.on_token(self.key, text))


class NativeEngine:
    """One decoder-only model, loaded from a folder that `models.conversion.quantize` wrote.

    `cost` is the kernel's time for this many tokens; it decides how many tokens to draft.
    """

    def __init__(
        self, folder: Path, tokenizer: Tokenizer, *, window: int, kernel: str, cost: StepCost,
        device: str = "cpu", kv_cache_bytes: int = KV_CACHE_BYTES, prefix_cache_bytes: int = PREFIX_CACHE_BYTES,
    ) -> None:  # fmt: skip
        self.window = window
        self._cost = cost
        self._prefixes = PrefixCache(prefix_cache_bytes)
        self._tokenizer = tokenizer
        self._stop_ids = frozenset(tokenizer.token_ids(tokenizer.stop_tokens))
        shape = DecoderShape.load(folder)
        self._weights = sum((folder / name).stat().st_size for name in (WEIGHTS, EMBEDDING))
        self._decoder: Decoder | None = Decoder(shape, load(folder, shape, kernel, device), window)
        trim_heap()
        self._cache = KVCache(shape, kv_cache_bytes, device=device)
        self._works: dict[int, _Work] = {}

    @property
    def rows(self) -> int:
        """The number of rows in progress, including those that wait for memory."""
        return len(self._works)

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`, without special tokens."""
        return self._tokenizer.count(text)

    def memory(self) -> int:
        """Returns the size of the weights, in bytes."""
        return self._weights

    def close(self) -> None:
        """Frees the memory."""
        self._decoder = None
        self._works.clear()

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts.

        Raises PromptTooLong before generating anything.
        """
        assert not self._works, "rows that joined would lose their output"
        ids = [self._encode(prompt) for prompt in prompts]
        for key, row in enumerate(ids):
            self._works[key] = self._work(key, row, decoding, on_token)
        ended: dict[int, Hypothesis] = {}
        while self._works:
            outputs = self.step()
            ended |= {output.key: output.hypothesis for output in outputs if isinstance(output.hypothesis, Hypothesis)}
        return [ended[key] for key in range(len(prompts))]

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Adds a row. Raises PromptTooLong."""
        self._works[key] = self._work(key, self._encode(prompt), decoding)

    @torch.inference_mode()
    def leave(self, key: int) -> None:
        """Removes a row immediately."""
        if work := self._works.pop(key, None):
            self._free(work)

    def step(self) -> list[StepOutput]:
        """Reads and generates in one forward pass; an exception ends every row."""
        try:
            return self._step() if self._works else []
        except BaseException:
            for key in list(self._works):
                self.leave(key)
            raise

    @torch.inference_mode()
    def _step(self) -> list[StepOutput]:
        assert self._decoder is not None
        writing = [work for work in self._works.values() if not work.reading]
        reading = self._readers(SHARED_PREFILL_TOKENS if writing else PREFILL_TOKENS)
        read = sum(len(span.tokens) for spans in reading.values() for span in spans)
        spans = {work: work.row.spans(len(writing), read) for work in writing if work.row} | reading
        flat = [(work, span) for work, several in spans.items() for span in several]
        counts = [len(span.tokens) if work not in reading else int(_at_end(work, span)) for work, span in flat]
        logits = self._decoder.step([span for _, span in flat], counts)
        by_work: dict[_Work, list[torch.Tensor]] = {}
        for (work, _), rows, count in zip(flat, logits, counts, strict=True):
            if count:
                by_work.setdefault(work, []).append(rows)
        for work in reading:
            if work in by_work:
                work.reading = False
                self._prefixes.store(work.row.lanes[0], work.tokens)  # type: ignore[union-attr]  # a reading row has one
        self._advance({work: torch.cat(rows) for work, rows in by_work.items()})
        return [self._output(work) for work in by_work]

    def _advance(self, by_work: dict[_Work, torch.Tensor]) -> None:
        sequences = [(work.row, logits) for work, logits in by_work.items() if isinstance(work.row, SequenceRow)]
        if sequences:
            selections = [row.selections() for row, _ in sequences]
            chosen = iter(choose(torch.cat([logits for _, logits in sequences]), list(chain.from_iterable(selections))))
            for (row, _), own in zip(sequences, selections, strict=True):
                row.take([next(chosen) for _ in own])
        for work, logits in by_work.items():
            if isinstance(work.row, BeamRow):
                work.row.take(logits)
                if work.add_text(work.key, ""):
                    work.row.stop()

    def _output(self, work: _Work) -> StepOutput:
        text = "".join(work.texts)
        work.texts.clear()
        hypothesis = work.row.hypothesis if work.row else None
        if not hypothesis:
            return StepOutput(work.key, text)
        self.leave(work.key)
        return StepOutput(work.key, text, replace(hypothesis, cached_tokens=work.cached_tokens))

    def _readers(self, budget: int) -> dict[_Work, list[TokenSpan]]:
        """Returns the rows that read in this step, first come first served, with the tokens that they read."""
        reading: dict[_Work, list[TokenSpan]] = {}
        for work in [work for work in self._works.values() if work.reading]:
            if budget <= 0 or not (work.row or self._begin(work, list(reading))):
                continue
            lane = work.row.lanes[0]  # type: ignore[union-attr]  # `_begin` assigned it
            reading[work] = [TokenSpan(lane, work.tokens[lane.length : lane.length + budget])]
            budget -= len(reading[work][0].tokens)
        return reading

    def _begin(self, work: _Work, reading: Sequence[_Work]) -> bool:
        """Assigns a lane to a row, unless memory is full or another row is reading the same prefix now."""
        common = max((len(commonprefix([work.tokens, other.tokens])) for other in reading), default=0)  # noqa: RUF071
        if common // BLOCK * BLOCK > self._prefixes.cached_tokens(work.tokens):
            return False
        if not self._cache.fits(work.max_length, work.decoding.beam_size):
            return False
        lane = self._cache.add(work.max_length)
        self._prefixes.restore(lane, work.tokens)
        work.cached_tokens = lane.length
        banned = self._tokenizer.phrase_ids(work.decoding.banned)
        builder = HypothesisBuilder(work.key, self._tokenizer, work.decoding.max_tokens, work.add_text)
        if work.decoding.beam_size > 1:
            work.row = BeamRow(work.decoding, builder, lane, self._stop_ids, self._cache, banned=banned)
        else:
            work.row = SequenceRow(work.tokens, work.decoding, builder, lane, cost=self._cost, banned=banned)
        return True

    def _encode(self, prompt: Prompt) -> list[int]:
        tokens = [*self._tokenizer.prompt_ids(prompt), *self._tokenizer.prefix_ids(prompt)]
        check_window([len(tokens)], self.window)
        return tokens

    def _work(self, key: int, tokens: list[int], decoding: Decoding, on_token: OnToken | None = None) -> _Work:
        max_tokens = min(decoding.max_tokens, self.window - len(tokens))
        return _Work(key, tokens, decoding.replace(max_tokens=max_tokens), on_token)

    def _free(self, work: _Work) -> None:
        for lane in work.row.lanes if work.row else ():
            self._cache.drop(lane)
        work.row = None  # breaks a reference cycle that would keep the pool until garbage collection


def _at_end(work: _Work, span: TokenSpan) -> bool:
    return span.lane.length + len(span.tokens) == len(work.tokens)
