"""Decoding of a batch, one step at a time: greedy search, sampling or beam search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import torch
from torch import Tensor

from models.engines.marian.batch import TranslationBatch
from models.engines.marian.network import StudentNetwork
from models.engines.native.choosing import Selection, apply_constraints, choose
from models.protocol import Decoding, Finish

LENGTH_FACTOR, LENGTH_OFFSET = 2, 4
"""Maximum length of a translation, in tokens: factor x source length + offset, as in Firefox."""


@dataclass(slots=True)
class SentenceState:
    """A source sentence of `length` tokens and its translation so far: tokens, log-probabilities and attention.

    `attention` has one vector per target token, with a weight for each source token. `finish` is None until the
    translation is finished.
    """

    length: int
    banned: Sequence[Sequence[int]] = ()
    random: Random = field(default_factory=Random)
    tokens: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)
    finish: Finish | None = None

    def max_length(self, decoding: Decoding) -> int:
        """Returns the maximum length of the translation, in tokens."""
        return min(LENGTH_FACTOR * self.length + LENGTH_OFFSET, decoding.max_tokens)

    def add(self, token: int, score: float, attention: Tensor) -> None:
        """Appends one token."""
        self.tokens.append(token)
        self.scores.append(score)
        self.attention.append(attention[: self.length])


class SequenceSearch:
    """Greedy search or sampling. `running` has the indices of the unfinished sentences."""

    def __init__(
        self,
        network: StudentNetwork,
        batch: TranslationBatch,
        sentences: Sequence[SentenceState],
        decoding: Decoding,
        end: int,
    ) -> None:
        self.running = list(range(len(sentences)))
        self._network = network
        self._batch = batch
        self._sentences = sentences
        self._decoding = decoding
        self._end = end
        self._states = network.start(len(sentences))
        self._last: Tensor | None = None
        self._position = 0
        self._is_constrained = (
            decoding.temperature > 0 or decoding.repetition_penalty != 1 or decoding.no_repeat_ngram > 0
        )

    def step(self) -> list[int]:
        """Adds one token to each running sentence and returns the indices of those sentences."""
        indices = list(self.running)
        hidden, self._states, attention = self._network.decode(
            self._last, self._position, self._states, self._batch.encoded
        )
        self._position += 1
        self._last, scores = self._choose(self._batch.logits(hidden))
        rows = zip(indices, self._last.tolist(), scores, attention[:, 0].clone(), strict=True)
        for index, token, score, weights in rows:
            self._sentences[index].add(token, score, weights)
        for sentence in (self._sentences[index] for index in indices):
            if sentence.tokens[-1] == self._end:
                sentence.finish = "end"
            elif len(sentence.tokens) >= sentence.max_length(self._decoding):
                sentence.finish = "length"
        self.drop([index for index in indices if self._sentences[index].finish])
        return indices

    def drop(self, indices: Sequence[int]) -> None:
        """Removes sentences from the batch."""
        rows = _remaining(self.running, indices)
        if len(rows) == len(self.running):
            return
        self.running = [self.running[row] for row in rows]
        selected = torch.tensor(rows, dtype=torch.int64, device=self._network.device)
        self._batch = self._batch.select(selected)
        self._states = [state.index_select(0, selected) for state in self._states]
        self._last = None if self._last is None else self._last.index_select(0, selected)

    def _choose(self, logits: Tensor) -> tuple[Tensor, list[float]]:
        sentences = [self._sentences[index] for index in self.running]
        if not self._is_constrained and not any(sentence.banned for sentence in sentences):
            best, columns = logits.max(1)
            sums = logits.sub_(best[:, None]).exp_().sum(1)  # faster than logsumexp, which computes the maximum again
            return self._batch.words.index_select(0, columns), sums.log_().neg_().tolist()
        # Constraints are expressed in vocabulary ids: words outside the shortlist get probability 0.
        full = logits.new_full((len(logits), self._network.shape.target_vocabulary), -torch.inf)
        full[:, self._batch.words] = logits
        selections = [
            Selection(self._decoding, sentence.tokens, sentence.random, sentence.banned) for sentence in sentences
        ]
        tokens, scores = zip(*choose(full, selections), strict=True)
        return torch.tensor(tokens, device=logits.device), list(scores)


class BeamSearch:
    """Beam search. As in Marian, a finished hypothesis reduces the beam of its sentence by one."""

    def __init__(
        self,
        network: StudentNetwork,
        batch: TranslationBatch,
        sentences: Sequence[SentenceState],
        decoding: Decoding,
        end: int,
    ) -> None:
        self.running = list(range(len(sentences)))
        self._network = network
        self._batch = batch
        self._sentences = sentences
        self._decoding = decoding
        self._end = end
        self._width = 1
        self._beams = [[_PartialHypothesis()] for _ in sentences]
        self._finished: list[list[_PartialHypothesis]] = [[] for _ in sentences]
        self._states = network.start(len(sentences))
        self._position = 0

    def step(self) -> list[int]:
        """Extends all beams by one token and returns the indices of the sentences that are now finished."""
        hidden, states, attention = self._network.decode(
            self._last_tokens(), self._position, self._states, self._batch.encoded
        )
        self._position += 1
        logits = self._batch.logits(hidden)
        scores = logits.log_softmax(1).view(len(self.running), self._width, -1)
        beams = [self._extend(row, index, scores[row], attention[row]) for row, index in enumerate(self.running)]
        old_width, self._width = self._width, max((len(beam) for beam in beams), default=0)
        done = [index for index, beam in zip(self.running, beams, strict=True) if not beam]
        origins = [
            row * old_width + (beam[place].origin if place < len(beam) else 0)
            for row, beam in enumerate(beams)
            if beam
            for place in range(self._width)
        ]
        self._beams = list(filter(None, beams))
        self._select([row for row, beam in enumerate(beams) if beam], states, origins)
        for index in done:
            self._finish(index)
        return done

    def drop(self, indices: Sequence[int]) -> None:
        """Removes sentences from the batch. Each gets its best hypothesis so far, and no `finish`."""
        for index, beam in zip(self.running, self._beams, strict=True):
            if index in set(indices):
                self._finished[index] += beam
                self._finish(index)
                self._sentences[index].finish = None
        rows = _remaining(self.running, indices)
        self._beams = [self._beams[row] for row in rows]
        self._select(rows, self._states, [row * self._width + place for row in rows for place in range(self._width)])

    def _last_tokens(self) -> Tensor | None:
        if not self._position:
            return None
        tokens = [[hypothesis.tokens[-1] for hypothesis in beam] for beam in self._beams]
        padded = [token for row in tokens for token in [*row, *[self._end] * (self._width - len(row))]]
        return torch.tensor(padded, device=self._network.device)

    def _extend(self, row: int, index: int, scores: Tensor, attention: Tensor) -> list["_PartialHypothesis"]:
        """Returns the best continuations of one sentence's beam that are unfinished; stores the finished ones."""
        sentence, beam = self._sentences[index], self._beams[row]
        scores = scores[: len(beam)]
        if self._decoding.no_repeat_ngram or self._decoding.repetition_penalty != 1 or sentence.banned:
            scores = self._constrain(scores, beam, sentence)
        totals = scores + scores.new_tensor([hypothesis.total for hypothesis in beam])[:, None]
        width = self._decoding.beam_size - len(self._finished[index])
        best = totals.flatten().topk(min(width, totals.numel()))
        unfinished: list[_PartialHypothesis] = []
        for total, candidate in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            origin, column = divmod(candidate, scores.shape[1])
            if total == -torch.inf:
                continue
            token, score = int(self._batch.words[column]), total - beam[origin].total
            hypothesis = beam[origin].extended(token, score, attention[origin, : sentence.length], origin)
            is_finished = token == self._end or len(hypothesis.tokens) >= sentence.max_length(self._decoding)
            (self._finished[index] if is_finished else unfinished).append(hypothesis)
        return unfinished

    def _constrain(self, scores: Tensor, beam: Sequence["_PartialHypothesis"], sentence: SentenceState) -> Tensor:
        full = scores.new_full((len(scores), self._network.shape.target_vocabulary), -torch.inf)
        full[:, self._batch.words] = scores
        for row, hypothesis in zip(full, beam, strict=True):
            apply_constraints(row, hypothesis.tokens, self._decoding, sentence.banned)
        return full[:, self._batch.words].log_softmax(1)

    def _select(self, rows: Sequence[int], states: Sequence[Tensor], origins: Sequence[int]) -> None:
        device = self._network.device
        if len(rows) < len(self.running):
            self._batch = self._batch.select(torch.tensor(rows, dtype=torch.int64, device=device))
            self.running = [self.running[row] for row in rows]
        selected = torch.tensor(origins, dtype=torch.int64, device=device)
        self._states = [state.index_select(0, selected) for state in states]

    def _finish(self, index: int) -> None:
        power = self._decoding.length_penalty
        finished = self._finished[index]
        if finished:
            best = max(finished, key=lambda hypothesis: hypothesis.total / max(len(hypothesis.tokens), 1) ** power)
            sentence = self._sentences[index]
            sentence.tokens, sentence.scores, sentence.attention = best.tokens, best.scores, best.attention
            sentence.finish = "end" if best.tokens[-1:] == [self._end] else "length"


@dataclass(slots=True)
class _PartialHypothesis:
    """A hypothesis in a beam. `origin` is the place in the previous beam of the hypothesis that it extends."""

    tokens: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)
    total: float = 0.0
    origin: int = 0

    def extended(self, token: int, score: float, attention: Tensor, origin: int) -> "_PartialHypothesis":
        return _PartialHypothesis(
            [*self.tokens, token],
            [*self.scores, score],
            [*self.attention, attention.clone()],
            self.total + score,
            origin,
        )


def _remaining(running: Sequence[int], dropped: Sequence[int]) -> list[int]:
    """Returns the rows of the sentences that stay."""
    return [row for row, index in enumerate(running) if index not in set(dropped)]
