"""The engine: splits prompts into chunks, translates the chunks in batches and joins the translations."""

from collections.abc import Sequence
from pathlib import Path

import torch

from models.engines.batches import by_length
from models.engines.heap import trim_heap
from models.engines.marian.alignment import WordAlignment
from models.engines.marian.batch import encode_batch
from models.engines.marian.chunks import MAX_TOKENS, split
from models.engines.marian.items import InvalidModel, read_items
from models.engines.marian.network import StudentNetwork
from models.engines.marian.search import BeamSearch, SentenceState, SequenceSearch
from models.engines.marian.shape import StudentShape
from models.engines.marian.shortlist import Shortlist
from models.engines.marian.translation import ChunkTranslation, PromptTranslation
from models.engines.marian.vocabulary import Vocabulary
from models.errors import LoadFailed
from models.protocol import Decoding, Hypothesis, OnToken, Prompt, Text

BATCH_SIZE = 32
"""Chunks per batch."""


class MarianEngine:
    """One student model, from a folder with `model*.bin`, `vocab*.spm` (or `srcvocab*` and `trgvocab*`) and `lex*.bin`.

    The shortlist, `lex*.bin`, is optional; all files may be compressed with gzip. The text of a prompt is translated;
    its tokens are ignored. Prompts of any length are supported: long ones are split into chunks.
    """

    def __init__(self, folder: Path, *, window: int, device: str = "cpu") -> None:
        """Raises LoadFailed with the file that is missing or damaged."""
        self.window = window
        model = _find(folder, "model*.bin*")
        items = read_items(model)
        try:
            shape = StudentShape.of(items)
            self._network: StudentNetwork | None = StudentNetwork(shape, items, device)
        except InvalidModel as error:
            raise LoadFailed(
                f"{model} is damaged, or not a supported Marian student model: {error}. Fetch it again."
            ) from error
        del items
        shared = _find_optional(folder, "vocab*.spm*")
        self._source = Vocabulary(shared or _find(folder, "srcvocab*.spm*"), shape.source_vocabulary)
        self._target = self._source if shared else Vocabulary(_find(folder, "trgvocab*.spm*"), shape.target_vocabulary)
        shortlist_path = _find_optional(folder, "lex*.bin*")
        self._shortlist = (
            Shortlist(shortlist_path, words=shape.target_vocabulary, shared=bool(shared)) if shortlist_path else None
        )
        self._full_output = None if self._shortlist else self._network.output(None)
        self._weights = shape.parameters * (1 if self._network.is_quantized else 4)
        trim_heap()

    def count(self, text: str) -> int:
        """Returns the number of tokens in `text`, without the end token."""
        return len(self._source.ids(text))

    def generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None = None
    ) -> list[Hypothesis]:
        """Returns one hypothesis per prompt, in the order of the prompts.

        `on_token` is called at each step for each prompt in progress.
        """
        return [translation.hypothesis() for translation in self._generate(prompts, decoding, on_token)]

    def align(self, texts: Sequence[str], decoding: Decoding) -> list[tuple[Hypothesis, list[WordAlignment]]]:
        """Returns the hypothesis of each text, and its word alignments with the text."""
        translations = self._generate([Prompt((Text(text),)) for text in texts], decoding, None)
        return [(translation.hypothesis(), translation.alignments(self._source)) for translation in translations]

    def memory(self) -> int:
        """Returns the size of the weights, in bytes."""
        return self._weights

    def close(self) -> None:
        """Frees the memory."""
        self._network = None
        self._full_output = None

    @torch.inference_mode()
    def _generate(
        self, prompts: Sequence[Prompt], decoding: Decoding, on_token: OnToken | None
    ) -> list[PromptTranslation]:
        translations = [
            PromptTranslation(index, self._chunks(_text(prompt), decoding), on_token)
            for index, prompt in enumerate(prompts)
        ]
        pairs = [(translation, chunk) for translation in translations for chunk in translation.chunks]
        for batch in by_length([len(chunk.source) for _, chunk in pairs], BATCH_SIZE):
            self._translate([pairs[index] for index in batch], decoding)
        return translations

    def _translate(self, pairs: Sequence[tuple[PromptTranslation, ChunkTranslation]], decoding: Decoding) -> None:
        """Translates the chunks of one batch, except those of stopped prompts, and streams them."""
        pairs = [(translation, chunk) for translation, chunk in pairs if not translation.stopped]
        if not pairs:
            return
        assert self._network is not None
        sources = [chunk.source for _, chunk in pairs]
        batch = encode_batch(self._network, self._full_output, self._shortlist, sources, self._target.unknown)
        states = [chunk.state for _, chunk in pairs]
        search_class = BeamSearch if decoding.beam_size > 1 else SequenceSearch
        search = search_class(self._network, batch, states, decoding, self._target.end)
        while search.running:
            in_progress = {pairs[index][0] for index in search.running}
            for index in search.step():
                pairs[index][1].update(self._target)
            for translation in in_progress:
                translation.stream()
            stopped = [index for index in search.running if pairs[index][0].stopped]
            search.drop(stopped)
            for index in stopped:
                pairs[index][1].update(self._target)

    def _chunks(self, text: str, decoding: Decoding) -> list[ChunkTranslation]:
        """Returns the chunks of a text: one, unless the text is longer than the sentences in training."""
        banned = self._target.phrase_ids(decoding.banned)
        is_long = len(self._source.ids(text)) > MAX_TOKENS
        chunks = []
        for start, end in split(text, self._source.spans(text)) if is_long else [(0, len(text))]:
            if text[start:end].strip():
                source = [*self._source.ids(text[start:end]), self._source.end]
                chunks.append(ChunkTranslation(start, text[start:end], source, SentenceState(len(source), banned)))
        return chunks


def _text(prompt: Prompt) -> str:
    return "".join(piece.text for piece in prompt.pieces if isinstance(piece, Text))


def _find(folder: Path, pattern: str) -> Path:
    path = _find_optional(folder, pattern)
    if path is None:
        raise LoadFailed(f"{folder} contains no file {pattern}. Fetch the model again.")
    return path


def _find_optional(folder: Path, pattern: str) -> Path | None:
    paths = sorted(folder.glob(pattern))
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        raise LoadFailed(f"{folder} contains several files {pattern}: {names}. Keep one of them.")
    return paths[0] if paths else None
