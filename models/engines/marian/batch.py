"""A batch of sentences: the encoded sources, and the target words that each shortlist allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.engines.marian.network import EncodedSource, StudentNetwork
from models.engines.marian.products import Product
from models.engines.marian.shortlist import Shortlist


@dataclass(frozen=True, slots=True)
class TranslationBatch:
    """S sentences. `words` has the ids of the N outputs of `output`; `mask` [S, 1, N] is added to the logits."""

    encoded: EncodedSource
    words: Tensor
    output: Product
    mask: Tensor

    def select(self, sentences: Tensor) -> "TranslationBatch":
        """Returns a batch with the sentences at these indices."""
        return TranslationBatch(
            self.encoded.select(sentences), self.words, self.output, self.mask.index_select(0, sentences)
        )

    def logits(self, hidden: Tensor) -> Tensor:
        """Returns logits [S*K, N] of hidden states [S*K, W]: minus infinity outside a sentence's shortlist."""
        logits = self.output(hidden)
        logits.view(len(self.mask), -1, logits.shape[1]).add_(self.mask)
        return logits


def encode_batch(
    network: StudentNetwork,
    full_output: Product | None,
    shortlist: Shortlist | None,
    sources: Sequence[Sequence[int]],
    unknown: int,
) -> TranslationBatch:
    """Encodes sources, each of which ends with the end token.

    `full_output` is the output layer for the whole vocabulary, used if there is no shortlist. The unknown word is never
    generated.
    """
    lengths = torch.tensor([len(source) for source in sources])
    ids = torch.zeros(len(sources), int(lengths.max()), dtype=torch.int64)
    for row, source in zip(ids, sources, strict=True):
        row[: len(source)] = torch.tensor(source)
    encoded = network.encode(ids.to(network.device), lengths.to(network.device))
    if shortlist is None:
        allowed = np.ones((len(sources), network.shape.target_vocabulary), np.bool_)
    else:
        allowed = np.stack([shortlist.allowed(source) for source in sources])
    allowed[:, unknown] = False
    union = torch.from_numpy(np.flatnonzero(allowed.any(0)))
    words = union if shortlist is not None else torch.arange(allowed.shape[1])
    mask = torch.zeros(len(sources), 1, len(words)).masked_fill_(
        ~torch.from_numpy(allowed)[:, words][:, None, :], -torch.inf
    )
    words, mask = words.to(network.device), mask.to(network.device)
    return TranslationBatch(encoded, words, full_output or network.output(words), mask)
