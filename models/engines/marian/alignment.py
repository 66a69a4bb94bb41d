"""Word alignment of a translation with its source, from the cross-attention of the decoder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

Range = tuple[int, int]
"""Start and end of a stretch of text, in characters."""


@dataclass(frozen=True, slots=True)
class WordAlignment:
    """A word of the translation, the source word with the most attention, and that word's share of it, 0 to 1."""

    source: Range
    target: Range
    share: float

    def moved(self, source: int, target: int) -> "WordAlignment":
        """Returns the alignment with its ranges shifted right by so many characters."""
        return replace(
            self,
            source=(self.source[0] + source, self.source[1] + source),
            target=(self.target[0] + target, self.target[1] + target),
        )


def align(
    source: str, source_spans: Sequence[Range], target: str, target_spans: Sequence[Range], attention: Sequence[Tensor]
) -> list[WordAlignment]:
    """Returns one alignment per word of `target`.

    The spans are those of the tokens. `attention` has one vector per target token: a weight for each source token, the
    last of which is the end of the sentence and belongs to no word.
    """
    if not source_spans or not target_spans:
        return []
    weights = torch.stack(list(attention[: len(target_spans)]))[:, : len(source_spans)].cpu().numpy()
    source_words, target_words = _words(source, source_spans), _words(target, target_spans)
    alignments = []
    for first, last in target_words:
        by_word = [weights[first:last, begin:end].sum() for begin, end in source_words]
        best = int(np.argmax(by_word))
        share = float(by_word[best]) / max(float(weights[first:last].sum()), 1e-9)
        source_range = _characters(source, source_spans, source_words[best])
        alignments.append(WordAlignment(source_range, _characters(target, target_spans, (first, last)), share))
    return alignments


def _words(text: str, spans: Sequence[Range]) -> list[Range]:
    """Returns the first and last token (exclusive) of each word. Spaces separate words."""
    begins = [
        index
        for index, (start, end) in enumerate(spans)
        if index == 0 or text[start:end][:1].isspace() or text[max(start - 1, 0) : start].isspace()
    ]
    return list(pairwise([*begins, len(spans)]))


def _characters(text: str, spans: Sequence[Range], word: Range) -> Range:
    """Returns the characters of a word, without surrounding spaces."""
    start, end = spans[word[0]][0], spans[word[1] - 1][1]
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
