"""Words of a translation and the words of its source that they go back to, by where the decoder looked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

Range = tuple[int, int]
"""Characters of a text, from the first to before the last."""


@dataclass(frozen=True, slots=True)
class Link:
    """A word of the translation, the word of the source that it goes back to most, and the share of that, to 1."""

    source: Range
    target: Range
    share: float

    def moved(self, source: int, target: int) -> "Link":
        """The same in texts that begin so many characters earlier."""
        return replace(
            self,
            source=(self.source[0] + source, self.source[1] + source),
            target=(self.target[0] + target, self.target[1] + target),
        )


def links(
    source: str, source_spans: Sequence[Range], target: str, target_spans: Sequence[Range], looks: Sequence[Tensor]
) -> list[Link]:
    """A link for each word of `target`. Spans are of tokens; `looks` say where each token of it looked.

    The last share of a look is the end's, which is no word.
    """
    if not source_spans or not target_spans:
        return []
    shares = torch.stack(list(looks[: len(target_spans)]))[:, : len(source_spans)].cpu().numpy()
    from_words, to_words = _words(source, source_spans), _words(target, target_spans)
    found = []
    for first, last in to_words:
        by_word = [shares[first:last, begin:end].sum() for begin, end in from_words]
        best = int(np.argmax(by_word))
        share = float(by_word[best]) / max(float(shares[first:last].sum()), 1e-9)
        found.append(
            Link(_range(source, source_spans, from_words[best]), _range(target, target_spans, (first, last)), share)
        )
    return found


def _words(text: str, spans: Sequence[Range]) -> list[Range]:
    """Tokens that no space parts, as numbers of the first and behind the last."""
    begins = [
        at
        for at, (start, end) in enumerate(spans)
        if at == 0 or text[start:end][:1].isspace() or text[max(start - 1, 0) : start].isspace()
    ]
    return list(pairwise([*begins, len(spans)]))


def _range(text: str, spans: Sequence[Range], word: Range) -> Range:
    """The characters of a word, spaces around it left out."""
    start, end = spans[word[0]][0], spans[word[1] - 1][1]
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
