"""Sentences that are translated beside one another: what the decoder looks at, and the words each may have."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.engines.marian.network import Memory, Network
from models.engines.marian.products import Product
from models.engines.marian.shortlist import Shortlist


@dataclass(frozen=True, slots=True)
class Batch:
    """S sentences. `words` are the ids behind the N outputs of `output`; `barred` [S, 1, N] is added to logits."""

    memory: Memory
    words: Tensor
    output: Product
    barred: Tensor

    def select(self, sentences: Tensor) -> "Batch":
        """Some of the sentences, by their numbers."""
        return Batch(self.memory.select(sentences), self.words, self.output, self.barred.index_select(0, sentences))

    def logits(self, hidden: Tensor) -> Tensor:
        """Hidden states [S*K, W] to logits [S*K, N], minus infinity for words that a sentence may not have."""
        found = self.output(hidden)
        found.view(len(self.barred), -1, found.shape[1]).add_(self.barred)
        return found


def batch_of(
    network: Network, whole: Product | None, shortlist: Shortlist | None, sources: Sequence[Sequence[int]], unknown: int
) -> Batch:
    """Reads sources, each with its end. `whole` is the output layer of all words, used where there is no shortlist.

    The unknown word is never written.
    """
    lengths = torch.tensor([len(source) for source in sources])
    ids = torch.zeros(len(sources), int(lengths.max()), dtype=torch.int64)
    for row, source in zip(ids, sources, strict=True):
        row[: len(source)] = torch.tensor(source)
    memory = network.read(ids.to(network.device), lengths.to(network.device))
    if shortlist is None:
        allowed = np.ones((len(sources), network.shape.target_vocabulary), np.bool_)
    else:
        allowed = np.stack([shortlist.flags(source) for source in sources])
    allowed[:, unknown] = False
    union = torch.from_numpy(np.flatnonzero(allowed.any(0)))
    words = union if shortlist is not None else torch.arange(allowed.shape[1])
    barred = torch.zeros(len(sources), 1, len(words)).masked_fill_(
        ~torch.from_numpy(allowed)[:, words][:, None, :], -torch.inf
    )
    words, barred = words.to(network.device), barred.to(network.device)
    return Batch(memory, words, whole or network.output(words), barred)
