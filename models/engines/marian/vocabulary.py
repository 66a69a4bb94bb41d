"""The SentencePiece model of one language, or of both."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import sentencepiece

from models.engines.marian.items import content
from models.errors import LoadFailed

SPACE = "\u2581"
"""How pieces spell a space."""


class Vocabulary:
    """Pieces of words, and text in them; bytes that stand for a character without a piece are put together again."""

    def __init__(self, path: Path, size: int) -> None:
        """Raises LoadFailed where the file is damaged, or has more pieces than the `size` of the model."""
        try:
            self._processor = sentencepiece.SentencePieceProcessor()
            self._processor.LoadFromSerializedProto(content(path))
            pieces = self._processor.GetPieceSize()
        except (RuntimeError, ValueError, TypeError) as error:
            raise LoadFailed(f"{path} is no vocabulary of SentencePiece's, or it is damaged.") from error
        self.end = self._processor.eos_id()
        self.unknown = self._processor.unk_id()
        if not 0 < pieces <= size or self.end < 0:
            raise LoadFailed(f"{path} has {pieces} pieces and the end {self.end}: it is not this model's vocabulary.")

    def ids(self, text: str) -> list[int]:
        """The pieces of a text, its end not among them."""
        return list(self._processor.EncodeAsIds(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a text its pieces stand, in characters."""
        pieces = self._processor.encode(text, return_type="proto").pieces  # which count in bytes of UTF-8
        at = list(accumulate((len(letter.encode("utf-8", "replace")) for letter in text), initial=0))
        return [(bisect_left(at, piece.begin), bisect_left(at, piece.end)) for piece in pieces]

    def spellings(self, phrases: Sequence[str]) -> list[list[int]]:
        """The pieces of each phrase, as a text may begin with it and as it stands behind a space."""
        return [ids for ids in map(self.ids, phrases) if ids]

    def spelling(self, token: int) -> bytes:
        """What a piece adds to a text: of a character without a piece, one byte. Nothing for the end."""
        if self._processor.IsControl(token):
            return b""
        name = str(self._processor.IdToPiece(token))
        return bytes([int(name[3:5], 16)]) if self._processor.IsByte(token) else name.replace(SPACE, " ").encode()
