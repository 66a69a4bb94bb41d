"""Splits a model's output into sentences while it is generated."""

import regex

from summarizer.reading import sentences
from summarizer.writing.tidy import tidy

TAIL = 40
"""Characters at the end of the output that are searched for the start of another sentence before it is split."""

_END = regex.compile(r"\p{STerm}")
_BEGUN = regex.compile(r"[\p{STerm}\n]\W*\w[^\p{STerm}\n]*$")


class SentenceStream:
    """One output in `language`. A sentence is final once another has begun after it: "U.S." may continue.

    `final` is the number of final sentences.
    """

    def __init__(self, language: str) -> None:
        self.final = 0
        self._language = language
        self._text = ""
        self._last_end = -1

    def push(self, piece: str) -> list[str]:
        """Appends the next piece of text; returns the sentences that became final."""
        self._text += piece
        begun = _BEGUN.search(self._text, max(len(self._text) - TAIL, 0))
        if not begun or begun.start() == self._last_end:
            return []
        *final, rest = answer_sentences(self._text, self._language)
        new, self.final = final[self.final :], max(self.final, len(final))
        if new and not _END.search(rest):
            self._last_end = begun.start()  # a confirmed end: no need to split here again
        return new


def answer_sentences(text: str, language: str) -> list[str]:
    """Returns the sentences of a model's output."""
    return [sentence.text.strip() for sentence in sentences(tidy(text), language)]
