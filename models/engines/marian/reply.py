"""What is written for one prompt: the translations of its parts, told in their order as they come."""

import codecs
from collections.abc import Sequence

from models.engines.marian.links import Link, Range, links
from models.engines.marian.pieces import joined
from models.engines.marian.search import Sentence
from models.engines.marian.vocabulary import Vocabulary
from models.protocol import Finish, Hypothesis, OnToken

WORST_FIRST: tuple[Finish, ...] = ("stopped", "length", "end")
"""Of parts that end in several ways, the first of these is the whole's."""


class Part:
    """A part of a prompt: its text, which begins at `start`, its tokens, and the text that is written of it."""

    def __init__(self, start: int, text: str, source: list[int], sentence: Sentence) -> None:
        self.start = start
        self.source = source
        self.sentence = sentence
        self.written = ""
        self._text = text
        self._places: list[Range] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may come byte by byte

    def hear(self, vocabulary: Vocabulary) -> None:
        """Takes what the search has written since."""
        for token in self.sentence.tokens[len(self._places) :]:
            self._add(vocabulary.spelling(token))
        if self.sentence.finish:
            self.written += self._decoder.decode(b"", final=True)

    def links(self, source: Vocabulary) -> list[Link]:
        """Which of its words go back to which of its source."""
        return links(self._text, source.spans(self._text), self.written, self._places, self.sentence.looks)

    def _add(self, spelling: bytes) -> None:
        before = len(self.written)
        text = self._decoder.decode(spelling)
        self.written += text if self.written else text.removeprefix(" ")
        self._places.append((before, len(self.written)))


class Reply:
    """The parts of one prompt. `stopped`: who asked wants no more."""

    def __init__(self, index: int, parts: Sequence[Part], on_token: OnToken | None) -> None:
        self.parts = parts
        self.stopped = False
        self._index = index
        self._on_token = on_token
        self._told = 0

    def tell(self) -> None:
        """Calls `on_token` with the text that follows what was told: up to the end of the first part under way."""
        if self._on_token is None:
            return
        ready = next((at for at, part in enumerate(self.parts) if not part.sentence.finish), len(self.parts))
        text, _ = _together(self.parts[: ready + 1])
        new, self._told = text[self._told :], len(text)
        self.stopped = self._on_token(self._index, new)

    def hypothesis(self) -> Hypothesis:
        """The whole. What was not begun, or not ended, was stopped."""
        text, _ = _together(self.parts)
        ways = {part.sentence.finish or "stopped" for part in self.parts}
        scores = [score for part in self.parts for score in part.sentence.scores]
        finish = next((way for way in WORST_FIRST if way in ways), "end")
        return Hypothesis(text, len(scores), finish, sum(scores) / max(len(scores), 1))

    def links(self, source: Vocabulary) -> list[Link]:
        """Which words of the whole go back to which of the prompt."""
        _, starts = _together(self.parts)
        return [
            link.moved(part.start, start)
            for part, start in zip(self.parts, starts, strict=True)
            for link in part.links(source)
        ]


def _together(parts: Sequence[Part]) -> tuple[str, list[int]]:
    """The texts of parts as one, and where each begins in it."""
    whole, starts = "", []
    for part in parts:
        whole = joined(whole, part.written)
        starts.append(len(whole) - len(part.written))
    return whole, starts
