"""SentencePiece vocabularies, of one language or shared by both."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import sentencepiece

from models.engines.marian.items import content
from models.errors import LoadFailed

SPACE = "\u2581"
"""The character that stands for a space in pieces."""


class Vocabulary:
    """Converts text to token ids and back. Characters without a piece are byte tokens."""

    def __init__(self, path: Path, size: int) -> None:
        """Raises LoadFailed if the file is damaged, or has more pieces than the `size` of the model."""
        try:
            self._processor = sentencepiece.SentencePieceProcessor()
            self._processor.LoadFromSerializedProto(content(path))
            pieces = self._processor.GetPieceSize()
        except (RuntimeError, ValueError, TypeError) as error:
            raise LoadFailed(f"{path} is not a SentencePiece model, or it is damaged. Fetch it again.") from error
        self.end = self._processor.eos_id()
        self.unknown = self._processor.unk_id()
        if not 0 < pieces <= size or self.end < 0:
            raise LoadFailed(
                f"{path} has {pieces} pieces and the end token {self.end}: it is not the vocabulary of this model."
            )

    def ids(self, text: str) -> list[int]:
        """Returns the token ids of a text, without the end token."""
        return list(self._processor.EncodeAsIds(text))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Returns the start and end of each token of a text, in characters."""
        pieces = self._processor.encode(text, return_type="proto").pieces  # with offsets in UTF-8 bytes
        offsets = list(accumulate((len(letter.encode("utf-8", "replace")) for letter in text), initial=0))
        return [(bisect_left(offsets, piece.begin), bisect_left(offsets, piece.end)) for piece in pieces]

    def phrase_ids(self, phrases: Sequence[str]) -> list[list[int]]:
        """Returns the token ids of each phrase, as at the start of a text or after a space."""
        return [ids for ids in map(self.ids, phrases) if ids]

    def token_bytes(self, token: int) -> bytes:
        """Returns the UTF-8 bytes of a token: one byte for a byte token, none for the end token."""
        if self._processor.IsControl(token):
            return b""
        piece = str(self._processor.IdToPiece(token))
        return bytes([int(piece[3:5], 16)]) if self._processor.IsByte(token) else piece.replace(SPACE, " ").encode()
