"""The search for translations of a batch, a step at a time: the likeliest words, drawn ones, or beams of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import torch
from torch import Tensor

from models.engines.marian.batch import Batch
from models.engines.marian.network import Network
from models.engines.native.choosing import Selection, apply_constraints, choose
from models.protocol import Decoding, Finish

GROWTH, MORE = 2, 4
"""A translation has at most so many times its source's tokens, and so many more, as in Firefox."""


@dataclass(slots=True)
class Sentence:
    """One source, and its translation as it is written: tokens, their log-probabilities, and where each looked.

    `looks` hold a share for each token of the source. There is a `finish` once it ended.
    """

    length: int
    banned: Sequence[Sequence[int]] = ()
    dice: Random = field(default_factory=Random)
    tokens: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    looks: list[Tensor] = field(default_factory=list)
    finish: Finish | None = None

    def room(self, decoding: Decoding) -> int:
        """The most tokens it may have."""
        return min(GROWTH * self.length + MORE, decoding.max_tokens)

    def add(self, token: int, score: float, look: Tensor) -> None:
        """Writes one token."""
        self.tokens.append(token)
        self.scores.append(score)
        self.looks.append(look[: self.length])


class Line:
    """One word after another, the likeliest or a drawn one. `running` are the numbers of sentences not yet ended."""

    def __init__(
        self, network: Network, batch: Batch, sentences: Sequence[Sentence], decoding: Decoding, end: int
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
        self._is_ruled = decoding.temperature > 0 or decoding.repetition_penalty != 1 or decoding.no_repeat_ngram > 0

    def step(self) -> list[int]:
        """Writes one token of each running sentence; returns the numbers of those that it wrote."""
        written = list(self.running)
        hidden, self._states, looks = self._network.write(self._last, self._position, self._states, self._batch.memory)
        self._position += 1
        self._last, scores = self._chosen(self._batch.logits(hidden))
        for index, token, score, look in zip(written, self._last.tolist(), scores, looks[:, 0].clone(), strict=True):
            self._sentences[index].add(token, score, look)
        for sentence in (self._sentences[index] for index in written):
            if sentence.tokens[-1] == self._end:
                sentence.finish = "end"
            elif len(sentence.tokens) >= sentence.room(self._decoding):
                sentence.finish = "length"
        self.drop([index for index in written if self._sentences[index].finish])
        return written

    def drop(self, indices: Sequence[int]) -> None:
        """Writes no more of some sentences."""
        gone = set(indices)
        kept = [at for at, index in enumerate(self.running) if index not in gone]
        if len(kept) == len(self.running):
            return
        self.running = [self.running[at] for at in kept]
        places = torch.tensor(kept, dtype=torch.int64, device=self._network.device)
        self._batch = self._batch.select(places)
        self._states = [state.index_select(0, places) for state in self._states]
        self._last = None if self._last is None else self._last.index_select(0, places)

    def _chosen(self, logits: Tensor) -> tuple[Tensor, list[float]]:
        sentences = [self._sentences[index] for index in self.running]
        if not self._is_ruled and not any(sentence.banned for sentence in sentences):
            best, at = logits.max(1)
            shares = logits.sub_(best[:, None]).exp_().sum(1)  # faster than logsumexp, which looks for the best again
            return self._batch.words.index_select(0, at), shares.log_().neg_().tolist()
        # The rules count in ids of the vocabulary: the words that are no candidates have no probability.
        whole = logits.new_full((len(logits), self._network.shape.target_vocabulary), -torch.inf)
        whole[:, self._batch.words] = logits
        wishes = [Selection(self._decoding, one.tokens, one.dice, one.banned) for one in sentences]
        tokens, scores = zip(*choose(whole, wishes), strict=True)
        return torch.tensor(tokens, device=logits.device), list(scores)


class Beams:
    """Several translations of each sentence at once. As in Marian, one that ends takes its place in the beam along."""

    def __init__(
        self, network: Network, batch: Batch, sentences: Sequence[Sentence], decoding: Decoding, end: int
    ) -> None:
        self.running = list(range(len(sentences)))
        self._network = network
        self._batch = batch
        self._sentences = sentences
        self._decoding = decoding
        self._end = end
        self._width = 1
        self._beams = [[_Path()] for _ in sentences]
        self._ended: list[list[_Path]] = [[] for _ in sentences]
        self._states = network.start(len(sentences))
        self._position = 0

    def step(self) -> list[int]:
        """One step of all beams; returns the numbers of sentences whose translation is now whole."""
        hidden, states, looks = self._network.write(self._last(), self._position, self._states, self._batch.memory)
        self._position += 1
        logits = self._batch.logits(hidden)
        scores = logits.log_softmax(1).view(len(self.running), self._width, -1)
        best = [self._followed(at, index, scores[at], looks[at]) for at, index in enumerate(self.running)]
        before, self._width = self._width, max((len(paths) for paths in best), default=0)
        done = [index for index, paths in zip(self.running, best, strict=True) if not paths]
        origins = [
            at * before + (paths[beam].origin if beam < len(paths) else 0)
            for at, paths in enumerate(best)
            if paths
            for beam in range(self._width)
        ]
        self._beams = list(filter(None, best))
        self._keep([at for at, paths in enumerate(best) if paths], states, origins)
        for index in done:
            self._settle(index)
        return done

    def drop(self, indices: Sequence[int]) -> None:
        """Ends some sentences with the best that they have so far."""
        gone = set(indices)
        kept = [at for at, index in enumerate(self.running) if index not in gone]
        for at, index in enumerate(self.running):
            if index in gone:
                self._ended[index] += self._beams[at]
                self._settle(index)
                self._sentences[index].finish = None
        self._beams = [self._beams[at] for at in kept]
        self._keep(kept, self._states, [at * self._width + beam for at in kept for beam in range(self._width)])

    def _last(self) -> Tensor | None:
        if not self._position:
            return None
        padded = [[*(path.tokens[-1] for path in paths)] for paths in self._beams]
        flat = [token for row in padded for token in [*row, *[self._end] * (self._width - len(row))]]
        return torch.tensor(flat, device=self._network.device)

    def _followed(self, at: int, index: int, scores: Tensor, looks: Tensor) -> list["_Path"]:
        """The best continuations of one sentence's paths; those that end are put aside."""
        sentence, paths = self._sentences[index], self._beams[at]
        scores = scores[: len(paths)]
        if self._decoding.no_repeat_ngram or self._decoding.repetition_penalty != 1 or sentence.banned:
            scores = self._ruled(scores, paths, sentence)
        totals = scores + scores.new_tensor([path.total for path in paths])[:, None]
        width = self._decoding.beam_size - len(self._ended[index])
        found = totals.flatten().topk(min(width, totals.numel()))
        followed = []
        for total, place in zip(*(part.tolist() for part in found), strict=True):
            origin, candidate = divmod(place, scores.shape[1])
            if total == -torch.inf:
                continue
            token, gain = int(self._batch.words[candidate]), total - paths[origin].total
            path = paths[origin].grown(token, gain, looks[origin, : sentence.length], origin)
            full = token == self._end or len(path.tokens) >= sentence.room(self._decoding)
            (self._ended[index] if full else followed).append(path)
        return followed

    def _ruled(self, scores: Tensor, paths: Sequence["_Path"], sentence: Sentence) -> Tensor:
        whole = scores.new_full((len(scores), self._network.shape.target_vocabulary), -torch.inf)
        whole[:, self._batch.words] = scores
        for row, path in zip(whole, paths, strict=True):
            apply_constraints(row, path.tokens, self._decoding, sentence.banned)
        return whole[:, self._batch.words].log_softmax(1)

    def _keep(self, kept: Sequence[int], states: Sequence[Tensor], origins: Sequence[int]) -> None:
        device = self._network.device
        if len(kept) < len(self.running):
            self._batch = self._batch.select(torch.tensor(kept, dtype=torch.int64, device=device))
            self.running = [self.running[at] for at in kept]
        rows = torch.tensor(origins, dtype=torch.int64, device=device)
        self._states = [state.index_select(0, rows) for state in states]

    def _settle(self, index: int) -> None:
        power = self._decoding.length_penalty
        ended = self._ended[index]
        if ended:
            best = max(ended, key=lambda path: path.total / max(len(path.tokens), 1) ** power)
            sentence = self._sentences[index]
            sentence.tokens, sentence.scores, sentence.looks = best.tokens, best.scores, best.looks
            sentence.finish = "end" if best.tokens[-1:] == [self._end] else "length"


@dataclass(slots=True)
class _Path:
    """One translation on its way. `origin` is its place in the beam a step before."""

    tokens: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    looks: list[Tensor] = field(default_factory=list)
    total: float = 0.0
    origin: int = 0

    def grown(self, token: int, gain: float, look: Tensor, origin: int) -> "_Path":
        return _Path(
            [*self.tokens, token], [*self.scores, gain], [*self.looks, look.clone()], self.total + gain, origin
        )
