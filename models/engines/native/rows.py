"""One answer on its way: its prompt, the lanes it is read and written in, and what it feeds and takes at each step."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Protocol

from torch import Tensor

from models.engines.answer import Answer
from models.engines.native.attention import Span
from models.engines.native.cache import Cache, Lane
from models.engines.native.choosing import Wish, rule
from models.engines.native.drafts import Cost, Drafts
from models.protocol import Decoding, Hypothesis


class Row(Protocol):
    """A row that writes."""

    lanes: list[Lane]

    def spans(self, writers: int, read: int) -> list[Span]:
        """What it feeds in the next step, beside so many rows that write and tokens that are read."""

    @property
    def hypothesis(self) -> Hypothesis | None:
        """The answer, once it ended."""


class Line:
    """A row of one lane: the likeliest tokens, or drawn ones."""

    def __init__(
        self,
        prompt: Sequence[int],
        decoding: Decoding,
        answer: Answer,
        lane: Lane,
        *,
        cost: Cost,
        banned: Sequence[Sequence[int]] = (),
    ) -> None:
        self.lanes = [lane]
        self.decoding = decoding
        self._banned = banned
        self._answer = answer
        self._written: list[int] = []
        self._draft: list[int] = []
        self._dice = Random()  # noqa: S311 - for variety, not for secrets
        # A draft is right where it says what would be chosen anyway, which must be known at once for all of it.
        ruled = decoding.temperature > 0 or decoding.repetition_penalty != 1 or decoding.no_repeat_ngram or banned
        self._drafts = None if ruled else Drafts(prompt, cost)

    def spans(self, writers: int, read: int) -> list[Span]:
        """The last token, and a draft of what may follow."""
        room = self.decoding.max_tokens - len(self._written) - 1
        self._draft = self._drafts.propose(writers, read)[:room] if self._drafts else []
        return [Span(self.lanes[0], [self._written[-1], *self._draft])]

    def wishes(self) -> list[Wish]:
        """How to choose after each of the tokens that were fed."""
        return [Wish(self.decoding, self._written, self._dice, self._banned)] * (1 + len(self._draft))

    def take(self, chosen: Sequence[tuple[int, float]]) -> None:
        """Writes the first token chosen, and the next as long as the draft had foreseen the one before."""
        right = next((at for at, token in enumerate(self._draft) if chosen[at][0] != token), len(self._draft))
        self.lanes[0].length -= len(self._draft) - right
        taken = list(chosen[: right + 1])
        while taken and not self._answer.done:
            self._written.append(taken[0][0])
            self._answer.push(*taken.pop(0))
        if self._drafts:
            self._drafts.learn([token for token, _ in chosen[: right + 1]])

    @property
    def hypothesis(self) -> Hypothesis | None:
        """See Row."""
        return self._answer.hypothesis() if self._answer.done else None


class Beams:
    """A row of as many lanes as its search is wide; the best answer whole is the row's."""

    def __init__(
        self,
        decoding: Decoding,
        answer: Answer,
        lane: Lane,
        ends: frozenset[int],
        cache: Cache,
        *,
        banned: Sequence[Sequence[int]] = (),
    ) -> None:
        self.lanes = [lane]
        self._decoding = decoding
        self._answer = answer
        self._ends = ends
        self._banned = banned
        self._cache = cache
        self._sums = [0.0]
        self._written: list[list[int]] = [[]]
        self._finished: list[tuple[float, list[int], float]] = []  # what it is compared by, its tokens, their sum
        self.hypothesis: Hypothesis | None = None

    def spans(self, _writers: int, _read: int) -> list[Span]:
        """The last token of each beam."""
        return [Span(lane, [tokens[-1]]) for lane, tokens in zip(self.lanes, self._written, strict=True)]

    def take(self, logits: Tensor) -> None:
        """Follows the best continuations of all beams; `logits` are [beams, vocabulary]."""
        scores = logits.log_softmax(1)
        for row, tokens in zip(scores, self._written, strict=True):
            rule(row, tokens, self._decoding, self._banned)
        if self._decoding.no_repeat_ngram or self._banned:
            scores = scores.log_softmax(1)
        sums = scores + scores.new_tensor(self._sums)[:, None]
        width = self._decoding.beam_size
        best = sums.flatten().topk(2 * width)
        found = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        options = [(total, *divmod(index, logits.shape[1])) for total, index in found]
        self._finished += [
            self._weighed([*self._written[beam], token], total)
            for total, beam, token in options[:width]
            if token in self._ends
        ]
        self._follow([option for option in options if option[2] not in self._ends][:width])
        self._judge()

    def stop(self) -> None:
        """Ends with the best answer so far."""
        if self.hypothesis is None:
            self._answer.take(self._written[0], self._sums[0])
            self.hypothesis = replace(self._answer.hypothesis(), finish="stopped")

    def _follow(self, options: Sequence[tuple[float, int, int]]) -> None:
        free = dict(enumerate(self.lanes))
        lanes = [free.pop(beam) if beam in free else self._cache.copy(self.lanes[beam]) for _, beam, _ in options]
        for lane in free.values():
            self._cache.drop(lane)
        self.lanes = lanes
        self._written = [[*self._written[beam], token] for _, beam, token in options]
        self._sums = [total for total, _, _ in options]

    def _judge(self) -> None:
        """Ends where no beam can still be better than what is finished, or where there is no more room."""
        width, full = self._decoding.beam_size, len(self._written[0]) >= self._decoding.max_tokens
        running = [self._weighed(tokens, total) for tokens, total in zip(self._written, self._sums, strict=True)]
        kept = sorted(self._finished, key=lambda one: -one[0])[:width]
        if full:
            kept = sorted([*kept, *running], key=lambda one: -one[0])
        if full or (len(kept) == width and kept[-1][0] >= running[0][0]):
            _, tokens, total = kept[0]
            self._answer.take(tokens, total)
            self.hypothesis = self._answer.hypothesis()

    def _weighed(self, tokens: list[int], total: float) -> tuple[float, list[int], float]:
        return total / len(tokens) ** self._decoding.length_penalty, tokens, total
