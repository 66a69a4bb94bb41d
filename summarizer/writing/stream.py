"""An answer as it comes, and which of its sentences are final already."""

import regex

from summarizer.reading import sentences
from summarizer.writing.tidy import tidy

TAIL = 40
"""Characters at the end of what is written in which another sentence may just have begun: all is split only then."""

_END = regex.compile(r"\p{STerm}")
_BEGUN = regex.compile(r"[\p{STerm}\n]\W*\w[^\p{STerm}\n]*$")


class SentenceStream:
    """One answer in `language`. A sentence of it is final once another has begun behind it: "U.S." may still go on."""

    def __init__(self, language: str) -> None:
        self.told = 0
        self._language = language
        self._written = ""
        self._ended = -1

    def push(self, piece: str) -> list[str]:
        """Takes what was written next. Returns the sentences that are final since; `told` counts them all."""
        self._written += piece
        begun = _BEGUN.search(self._written, max(len(self._written) - TAIL, 0))
        if not begun or begun.start() == self._ended:
            return []
        *final, rest = answer_sentences(self._written, self._language)
        fresh, self.told = final[self.told :], max(self.told, len(final))
        if fresh and not _END.search(rest):
            self._ended = begun.start()  # it is known to be an end: what follows says no more of it
        return fresh


def answer_sentences(text: str, language: str) -> list[str]:
    """The sentences of an answer."""
    return [sentence.text.strip() for sentence in sentences(tidy(text), language)]
