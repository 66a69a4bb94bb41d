"""The engine: prompts into pieces, pieces into batches, and their translations put together again."""

from collections.abc import Sequence
from pathlib import Path

import torch

from models.engines.batches import by_length
from models.engines.heap import trim_heap
from models.engines.marian.batch import batch_of
from models.engines.marian.items import Damaged, read
from models.engines.marian.links import Link
from models.engines.marian.network import Network
from models.engines.marian.pieces import MOST, cuts
from models.engines.marian.reply import Part, Reply
from models.engines.marian.search import Beams, Line, Sentence
from models.engines.marian.shape import Shape
from models.engines.marian.shortlist import Shortlist
from models.engines.marian.vocabulary import Vocabulary
from models.errors import LoadFailed
from models.protocol import Decoding, Hypothesis, OnToken, Prompt, Text

BATCH = 32
"""Pieces in one batch."""


class MarianEngine:
    """One student model, from a folder with `model*.bin`, `vocab*.spm` (or `srcvocab*`, `trgvocab*`) and `lex*.bin`.

    Each may be compressed with gzip. A prompt is the text to translate; what else it holds is left out. A prompt of
    any length is translated, in pieces.
    """

    def __init__(self, folder: Path, *, window: int, device: str = "cpu") -> None:
        """Raises LoadFailed, which names the file that is missing or damaged."""
        self.window = window
        model = _one(folder, "model*.bin*")
        items = read(model)
        try:
            shape = Shape.of(items)
            self._network: Network | None = Network(shape, items, device)
        except Damaged as error:
            raise LoadFailed(f"{model} is no student model of Marian's, or it is damaged: {error}.") from error
        del items
        shared = _maybe(folder, "vocab*.spm*")
        self._source = Vocabulary(shared or _one(folder, "srcvocab*.spm*"), shape.source_vocabulary)
        self._target = self._source if shared else Vocabulary(_one(folder, "trgvocab*.spm*"), shape.target_vocabulary)
        lexical = _maybe(folder, "lex*.bin*")
        self._shortlist = Shortlist(lexical, words=shape.target_vocabulary, shared=bool(shared)) if lexical else None
        self._whole = None if self._shortlist else self._network.output(None)
        self._weights = shape.parameters * (1 if self._network.is_coded else 4)
        trim_heap()

    def count(self, text: str) -> int:
        """The number of tokens of `text`, its end not counted."""
        return len(self._source.ids(text))

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """One hypothesis per prompt, in the order given. `on_token` is called once a step for each prompt at work."""
        return [reply.hypothesis() for reply in self._generate(prompts, decoding, on_token)]

    def aligned(self, texts: Sequence[str], decoding: Decoding) -> list[tuple[Hypothesis, list[Link]]]:
        """The translations of texts, and which characters of each go back to which of its source."""
        replies = self._generate([Prompt((Text(text),)) for text in texts], decoding, None)
        return [(reply.hypothesis(), reply.links(self._source)) for reply in replies]

    def memory(self) -> int:
        """Bytes of weights held."""
        return self._weights

    def close(self) -> None:
        """Gives the memory back."""
        self._network = None
        self._whole = None

    @torch.inference_mode()
    def _generate(self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None) -> list[Reply]:
        replies = [self._reply(index, _text(prompt), decoding, on_token) for index, prompt in enumerate(prompts)]
        pieces = [(reply, part) for reply in replies for part in reply.parts]
        for batch in by_length([len(part.source) for _, part in pieces], BATCH):
            self._translate([pieces[at] for at in batch], decoding)
        return replies

    def _translate(self, pieces: Sequence[tuple[Reply, Part]], decoding: Decoding) -> None:
        """Writes the parts of one batch, step by step, and tells whom they are for."""
        wanted = [(reply, part) for reply, part in pieces if not reply.stopped]
        if not wanted:
            return
        assert self._network is not None
        sources = [part.source for _, part in wanted]
        batch = batch_of(self._network, self._whole, self._shortlist, sources, self._target.unknown)
        sentences = [part.sentence for _, part in wanted]
        search = (Beams if decoding.beam_size > 1 else Line)(
            self._network, batch, sentences, decoding, self._target.end
        )
        while search.running:
            at_work = {wanted[index][0] for index in search.running}
            for index in search.step():
                wanted[index][1].hear(self._target)
            for reply in at_work:
                reply.tell()
            stopped = [index for index in search.running if wanted[index][0].stopped]
            search.drop(stopped)
            for index in stopped:
                wanted[index][1].hear(self._target)

    def _reply(self, index: int, text: str, decoding: Decoding, on_token: OnToken | None) -> Reply:
        """What will be written for a text, cut where the model was not trained on as much at once."""
        parts = []
        banned = self._target.spellings(decoding.banned)
        is_long = len(self._source.ids(text)) > MOST
        for start, end in cuts(text, self._source.spans(text)) if is_long else [(0, len(text))]:
            if text[start:end].strip():
                source = [*self._source.ids(text[start:end]), self._source.end]
                parts.append(Part(start, text[start:end], source, Sentence(len(source), banned)))
        return Reply(index, parts, on_token)


def _text(prompt: Prompt) -> str:
    return "".join(piece.text for piece in prompt.pieces if isinstance(piece, Text))


def _one(folder: Path, pattern: str) -> Path:
    found = _maybe(folder, pattern)
    if found is None:
        raise LoadFailed(f"{folder} holds no {pattern}.")
    return found


def _maybe(folder: Path, pattern: str) -> Path | None:
    found = sorted(folder.glob(pattern))
    if len(found) > 1:
        raise LoadFailed(f"{folder} holds several files {pattern}: {', '.join(path.name for path in found)}.")
    return found[0] if found else None
