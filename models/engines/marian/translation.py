"""The translation of one prompt, assembled from the translations of its chunks and streamed in order."""

import codecs
from collections.abc import Sequence

from models.engines.marian.alignment import Range, WordAlignment, align
from models.engines.marian.chunks import join
from models.engines.marian.search import SentenceState
from models.engines.marian.vocabulary import Vocabulary
from models.protocol import Finish, Hypothesis, OnToken

FINISH_PRECEDENCE: tuple[Finish, ...] = ("stopped", "length", "end")
"""If chunks finish in different ways, the first of these is the finish of the prompt."""


class ChunkTranslation:
    """A chunk of a prompt and its translation so far. `start` is the chunk's position in the prompt, in characters."""

    def __init__(self, start: int, text: str, source: list[int], state: SentenceState) -> None:
        self.start = start
        self.source = source
        self.state = state
        self.text = ""
        self._source_text = text
        self._spans: list[Range] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # byte tokens: several make one character

    def update(self, vocabulary: Vocabulary) -> None:
        """Decodes the tokens that the search has added since the last call."""
        for token in self.state.tokens[len(self._spans) :]:
            self._add(vocabulary.token_bytes(token))
        if self.state.finish:
            self.text += self._decoder.decode(b"", final=True)

    def alignments(self, source: Vocabulary) -> list[WordAlignment]:
        """Returns the word alignments of the chunk, with ranges relative to the chunk and its translation."""
        return align(self._source_text, source.spans(self._source_text), self.text, self._spans, self.state.attention)

    def _add(self, data: bytes) -> None:
        before = len(self.text)
        text = self._decoder.decode(data)
        self.text += text if self.text else text.removeprefix(" ")
        self._spans.append((before, len(self.text)))


class PromptTranslation:
    """The chunks of one prompt. `stopped` is set when `on_token` returns true."""

    def __init__(self, index: int, chunks: Sequence[ChunkTranslation], on_token: OnToken | None) -> None:
        self.chunks = chunks
        self.stopped = False
        self._index = index
        self._on_token = on_token
        self._streamed = 0

    def stream(self) -> None:
        """Calls `on_token` with the new text, up to the end of the first unfinished chunk."""
        if self._on_token is None:
            return
        unfinished = (index for index, chunk in enumerate(self.chunks) if not chunk.state.finish)
        text, _ = _join(self.chunks[: next(unfinished, len(self.chunks)) + 1])
        new, self._streamed = text[self._streamed :], len(text)
        self.stopped = self._on_token(self._index, new)

    def hypothesis(self) -> Hypothesis:
        """Returns the hypothesis. Its finish is "stopped" if any chunk did not finish."""
        text, _ = _join(self.chunks)
        finishes: set[Finish] = {chunk.state.finish or "stopped" for chunk in self.chunks}
        scores = [score for chunk in self.chunks for score in chunk.state.scores]
        finish: Finish = next((finish for finish in FINISH_PRECEDENCE if finish in finishes), "end")
        return Hypothesis(text, len(scores), finish, sum(scores) / max(len(scores), 1))

    def alignments(self, source: Vocabulary) -> list[WordAlignment]:
        """Returns the word alignments of the whole prompt."""
        _, starts = _join(self.chunks)
        return [
            alignment.moved(chunk.start, start)
            for chunk, start in zip(self.chunks, starts, strict=True)
            for alignment in chunk.alignments(source)
        ]


def _join(chunks: Sequence[ChunkTranslation]) -> tuple[str, list[int]]:
    """Returns the joined translation, and the start of each chunk's translation in it."""
    joined, starts = "", []
    for chunk in chunks:
        joined = join(joined, chunk.text)
        starts.append(len(joined) - len(chunk.text))
    return joined, starts
