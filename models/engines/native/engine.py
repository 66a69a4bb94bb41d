"""The engine: rows join, read their prompts in parts, write beside one another, and leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from os.path import commonprefix
from pathlib import Path

import torch

from models.engines.answer import Answer
from models.engines.batches import check_window
from models.engines.heap import give_back
from models.engines.native.attention import Span
from models.engines.native.cache import Cache
from models.engines.native.checkpoint import EMBEDDING, WEIGHTS, load
from models.engines.native.choosing import choose
from models.engines.native.decoder import Decoder
from models.engines.native.drafts import Cost
from models.engines.native.prefixes import BLOCK, Prefixes
from models.engines.native.rows import Beams, Line
from models.engines.native.shape import Shape
from models.protocol import Decoding, Hypothesis, OnToken, Progress, Prompt
from models.tokenizer import Tokenizer

ALONE, BESIDE = 256, 64
"""Tokens of prompts read in one step: while nobody writes, and beside rows that do, which must not wait long."""

ROOM = 1_000_000_000
"""Bytes of keys and values of rows at work, 17,400 tokens of the bundled model's. A row that finds no room waits."""

KEPT = 200_000_000
"""Bytes of prefixes that are kept, 3,500 tokens of the bundled model's: some five articles."""


@dataclass(eq=False, slots=True)
class _Work:
    """A row from its joining to its end: waiting without a lane, then reading, then writing."""

    key: int
    tokens: list[int]
    decoding: Decoding
    on_token: OnToken | None
    texts: list[str] = field(default_factory=list)  # of this step
    row: Line | Beams | None = None
    reading: bool = True
    recalled: int = 0  # tokens of the prompt that a prefix held

    @property
    def room(self) -> int:
        return len(self.tokens) + self.decoding.max_tokens

    def hear(self, _index: int, text: str) -> bool:
        self.texts.append(text)
        return bool(self.on_token and self.on_token(self.key, text))


class NativeEngine:
    """One decoder-only model, read from a folder that `models.conversion.quantize` wrote.

    `cost` is what the kernel takes for so many tokens: it decides what is tried in one step.
    """

    def __init__(
        self, folder: Path, tokenizer: Tokenizer, *, window: int, kernel: str, cost: Cost,
        device: str = "cpu", room: int = ROOM, kept: int = KEPT,
    ) -> None:  # fmt: skip
        self.window = window
        self._cost = cost
        self._prefixes = Prefixes(kept)
        self._tokenizer = tokenizer
        self._ends = frozenset(tokenizer.known(tokenizer.ends))
        shape = Shape.load(folder)
        self._weights = sum((folder / name).stat().st_size for name in (WEIGHTS, EMBEDDING))
        self._decoder: Decoder | None = Decoder(shape, load(folder, shape, kernel, device), window)
        give_back()
        self._cache = Cache(shape, room, device=device)
        self._works: dict[int, _Work] = {}

    @property
    def rows(self) -> int:
        """Rows that read or write now, or wait for room."""
        return len(self._works)

    def count(self, text: str) -> int:
        """The number of tokens of `text`, special tokens not counted."""
        return self._tokenizer.count(text)

    def memory(self) -> int:
        """Bytes of weights held."""
        return self._weights

    def close(self) -> None:
        """Gives the memory back."""
        self._decoder = None
        self._works.clear()

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given. Raises PromptTooLong before anything is generated."""
        assert not self._works, "rows that joined would lose what they wrote"
        ids = [self._read(prompt) for prompt in prompts]
        for key, row in enumerate(ids):
            self._works[key] = self._work(key, row, decoding, on_token)
        found: dict[int, Hypothesis] = {}
        while self._works:
            found |= {told.key: told.hypothesis for told in self.step() if isinstance(told.hypothesis, Hypothesis)}
        return [found[key] for key in range(len(prompts))]

    def join(self, key: int, prompt: Prompt, decoding: Decoding) -> None:
        """Takes in a row. Raises PromptTooLong."""
        self._works[key] = self._work(key, self._read(prompt), decoding)

    @torch.inference_mode()
    def leave(self, key: int) -> None:
        """Drops a row at once."""
        if work := self._works.pop(key, None):
            self._free(work)

    def step(self) -> list[Progress]:
        """Reads on and writes on, all in one pass; what it raises ends every row."""
        try:
            return self._step() if self._works else []
        except BaseException:
            for key in list(self._works):
                self.leave(key)
            raise

    @torch.inference_mode()
    def _step(self) -> list[Progress]:
        assert self._decoder is not None
        writing = [work for work in self._works.values() if not work.reading]
        reading = self._readers(BESIDE if writing else ALONE)
        read = sum(len(span.tokens) for spans in reading.values() for span in spans)
        spans = {work: work.row.spans(len(writing), read) for work in writing if work.row} | reading
        flat = [(work, span) for work, several in spans.items() for span in several]
        wanted = [len(span.tokens) if work not in reading else int(_at_end(work, span)) for work, span in flat]
        logits = self._decoder.step([span for _, span in flat], wanted)
        given: dict[_Work, list[torch.Tensor]] = {}
        for (work, _), rows, count in zip(flat, logits, wanted, strict=True):
            if count:
                given.setdefault(work, []).append(rows)
        for work in reading:
            if work in given:
                work.reading = False
                self._prefixes.keep(work.row.lanes[0], work.tokens)  # type: ignore[union-attr]  # who reads has a row
        self._advance({work: torch.cat(rows) for work, rows in given.items()})
        return [self._told(work) for work in given]

    def _advance(self, given: dict[_Work, torch.Tensor]) -> None:
        lines = [(work.row, logits) for work, logits in given.items() if isinstance(work.row, Line)]
        if lines:
            wishes = [line.wishes() for line, _ in lines]
            chosen = iter(choose(torch.cat([logits for _, logits in lines]), list(chain.from_iterable(wishes))))
            for (line, _), own in zip(lines, wishes, strict=True):
                line.take([next(chosen) for _ in own])
        for work, logits in given.items():
            if isinstance(work.row, Beams):
                work.row.take(logits)
                if work.hear(work.key, ""):
                    work.row.stop()

    def _told(self, work: _Work) -> Progress:
        text = "".join(work.texts)
        work.texts.clear()
        hypothesis = work.row.hypothesis if work.row else None
        if not hypothesis:
            return Progress(work.key, text)
        self.leave(work.key)
        return Progress(work.key, text, replace(hypothesis, recalled=work.recalled))

    def _readers(self, budget: int) -> dict[_Work, list[Span]]:
        """The prompts read on in this step, first come first read, and which of their tokens."""
        reading: dict[_Work, list[Span]] = {}
        for work in [work for work in self._works.values() if work.reading]:
            if budget <= 0 or not (work.row or self._begin(work, list(reading))):
                continue
            lane = work.row.lanes[0]  # type: ignore[union-attr]  # it was begun
            reading[work] = [Span(lane, work.tokens[lane.length : lane.length + budget])]
            budget -= len(reading[work][0].tokens)
        return reading

    def _begin(self, work: _Work, reading: Sequence[_Work]) -> bool:
        """Gives a row its lane, unless there is no room, or what it begins with is being read for another just now."""
        common = max((len(commonprefix([work.tokens, other.tokens])) for other in reading), default=0)  # noqa: RUF071
        if common // BLOCK * BLOCK > self._prefixes.known(work.tokens):
            return False
        if not self._cache.fits(work.room, work.decoding.beam_size):
            return False
        lane = self._cache.add(work.room)
        self._prefixes.fill(lane, work.tokens)
        work.recalled = lane.length
        banned = self._tokenizer.spellings(work.decoding.banned)
        answer = Answer(work.key, self._tokenizer, work.decoding.max_tokens, work.hear)
        if work.decoding.beam_size > 1:
            work.row = Beams(work.decoding, answer, lane, self._ends, self._cache, banned=banned)
        else:
            work.row = Line(work.tokens, work.decoding, answer, lane, cost=self._cost, banned=banned)
        return True

    def _read(self, prompt: Prompt) -> list[int]:
        tokens = [*self._tokenizer.ids(prompt), *self._tokenizer.prefix(prompt)]
        check_window([len(tokens)], self.window)
        return tokens

    def _work(self, key: int, tokens: list[int], decoding: Decoding, on_token: OnToken | None = None) -> _Work:
        most = min(decoding.max_tokens, self.window - len(tokens))
        return _Work(key, tokens, decoding.but(max_tokens=most), on_token)

    def _free(self, work: _Work) -> None:
        for lane in work.row.lanes if work.row else ():
            self._cache.drop(lane)
        work.row = None  # its answer tells the work of each token: the two would keep a pool until a collection


def _at_end(work: _Work, span: Span) -> bool:
    return span.lane.length + len(span.tokens) == len(work.tokens)
