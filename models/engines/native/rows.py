"""Rows while they generate: the lanes they use, what they feed to each step, and what they take from it."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from torch import Tensor

from models.engines.hypothesis_builder import HypothesisBuilder
from models.engines.native.attention import TokenSpan
from models.engines.native.cache import KVCache, Lane
from models.engines.native.choosing import Selection, apply_constraints
from models.engines.native.drafts import Drafts, StepCost
from models.protocol import Decoding, Hypothesis


class SequenceRow:
    """A row with one lane: greedy search or sampling."""

    def __init__(
        self,
        prompt: Sequence[int],
        decoding: Decoding,
        builder: HypothesisBuilder,
        lane: Lane,
        *,
        cost: StepCost,
        banned: Sequence[Sequence[int]] = (),
    ) -> None:
        self.lanes = [lane]
        self.decoding = decoding
        self._banned = banned
        self._builder = builder
        self._written: list[int] = []
        self._draft: list[int] = []
        self._rng = Random()  # noqa: S311 - for variety, not for secrets
        # A draft is verified in one step, which needs choices that do not depend on the tokens before them.
        constrained = decoding.temperature > 0 or decoding.repetition_penalty != 1 or decoding.no_repeat_ngram or banned
        self._drafts = None if constrained else Drafts(prompt, cost)

    def spans(self, writers: int, read: int) -> list[TokenSpan]:
        """Returns the last token, and a draft of the next ones."""
        room = self.decoding.max_tokens - len(self._written) - 1
        self._draft = self._drafts.propose(writers, read)[:room] if self._drafts else []
        return [TokenSpan(self.lanes[0], [self._written[-1], *self._draft])]

    def selections(self) -> list[Selection]:
        """Returns how to choose after each fed token."""
        return [Selection(self.decoding, self._written, self._rng, self._banned)] * (1 + len(self._draft))

    def take(self, chosen: Sequence[tuple[int, float]]) -> None:
        """Appends the first chosen token, and the following ones while the draft was right."""
        right = next((at for at, token in enumerate(self._draft) if chosen[at][0] != token), len(self._draft))
        self.lanes[0].length -= len(self._draft) - right
        accepted = list(chosen[: right + 1])
        while accepted and not self._builder.done:
            self._written.append(accepted[0][0])
            self._builder.push(*accepted.pop(0))
        if self._drafts:
            self._drafts.observe([token for token, _ in chosen[: right + 1]])

    @property
    def hypothesis(self) -> Hypothesis | None:
        """The hypothesis, once it has ended."""
        return self._builder.hypothesis() if self._builder.done else None


class BeamRow:
    """A row with one lane per beam; its hypothesis is the best finished beam."""

    def __init__(
        self,
        decoding: Decoding,
        builder: HypothesisBuilder,
        lane: Lane,
        stop_ids: frozenset[int],
        cache: KVCache,
        *,
        banned: Sequence[Sequence[int]] = (),
    ) -> None:
        self.lanes = [lane]
        self._decoding = decoding
        self._builder = builder
        self._stop_ids = stop_ids
        self._banned = banned
        self._cache = cache
        self._sums = [0.0]
        self._written: list[list[int]] = [[]]
        self._finished: list[tuple[float, list[int], float]] = []  # normalized score, tokens, sum of log-probabilities
        self.hypothesis: Hypothesis | None = None

    def spans(self, _writers: int, _read: int) -> list[TokenSpan]:
        """Returns the last token of each beam."""
        return [TokenSpan(lane, [tokens[-1]]) for lane, tokens in zip(self.lanes, self._written, strict=True)]

    def take(self, logits: Tensor) -> None:
        """Continues the best beams; `logits` are [beams, vocabulary]."""
        scores = logits.log_softmax(1)
        for row, tokens in zip(scores, self._written, strict=True):
            apply_constraints(row, tokens, self._decoding, self._banned)
        if self._decoding.no_repeat_ngram or self._banned:
            scores = scores.log_softmax(1)
        sums = scores + scores.new_tensor(self._sums)[:, None]
        width = self._decoding.beam_size
        best = sums.flatten().topk(2 * width)
        candidates = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        options = [(total, *divmod(index, logits.shape[1])) for total, index in candidates]
        self._finished += [
            self._scored([*self._written[beam], token], total)
            for total, beam, token in options[:width]
            if token in self._stop_ids
        ]
        self._follow([option for option in options if option[2] not in self._stop_ids][:width])
        self._finish_if_done()

    def stop(self) -> None:
        """Ends with the best beam so far."""
        if self.hypothesis is None:
            self._builder.push_all(self._written[0], self._sums[0])
            self.hypothesis = replace(self._builder.hypothesis(), finish="stopped")

    def _follow(self, options: Sequence[tuple[float, int, int]]) -> None:
        free = dict(enumerate(self.lanes))
        lanes = [free.pop(beam) if beam in free else self._cache.copy(self.lanes[beam]) for _, beam, _ in options]
        for lane in free.values():
            self._cache.drop(lane)
        self.lanes = lanes
        self._written = [[*self._written[beam], token] for _, beam, token in options]
        self._sums = [total for total, _, _ in options]

    def _finish_if_done(self) -> None:
        """Ends the search when no beam can still improve on the finished ones, or at the maximum length."""
        width, full = self._decoding.beam_size, len(self._written[0]) >= self._decoding.max_tokens
        running = [self._scored(tokens, total) for tokens, total in zip(self._written, self._sums, strict=True)]
        best = sorted(self._finished, key=lambda one: -one[0])[:width]
        if full:
            best = sorted([*best, *running], key=lambda one: -one[0])
        if full or (len(best) == width and best[-1][0] >= running[0][0]):
            _, tokens, total = best[0]
            self._builder.push_all(tokens, total)
            self.hypothesis = self._builder.hypothesis()

    def _scored(self, tokens: list[int], total: float) -> tuple[float, list[int], float]:
        return total / len(tokens) ** self._decoding.length_penalty, tokens, total
