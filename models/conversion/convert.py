"""Converts a model's original files to a folder for CTranslate2 or the native engine, including its tokenizer."""

import shutil
import warnings
from pathlib import Path
from typing import Any

from ctranslate2.converters import TransformersConverter

from models.adapters.merging import Adapter
from models.card import NATIVE, ModelCard
from models.conversion import gguf, quantize
from models.errors import LoadFailed
from models.files.hub import CONFIG_FILES
from models.files.progress import Progress
from models.tokenizer import FOLDER


class _Converter(TransformersConverter):
    """CTranslate2's converter, corrected for the configurations of transformers 5."""

    def __init__(self, source: Path, card: ModelCard) -> None:
        super().__init__(str(source), trust_remote_code=False)
        self._window = card.window
        self._adapter = Adapter.for_card(card)

    def load_model(self, *args: Any, **options: Any) -> Any:
        """Returns the model to convert. Raises NotImplementedError if CTranslate2 would compute something else."""
        model = super().load_model(*args, **options)
        config = model.config
        if config.model_type in {"bart", "mbart"}:
            # transformers 5 sets these in code, and not every config.json has them.
            config.normalize_before = config.model_type == "mbart"
            config.tokenizer_class = getattr(config, "tokenizer_class", None) or "MBart50Tokenizer"
        if config.model_type in {"t5", "mt5"}:
            # The converter scales the output if this is set. transformers 5 always sets it, and has a separate option
            # for scaling; mT5 and MADLAD do not scale.
            config.tie_word_embeddings = getattr(config, "scale_decoder_outputs", False)
        text = config.get_text_config()
        sliding = getattr(text, "sliding_window", None)
        kinds = getattr(text, "layer_types", None) or ["sliding_attention"]
        if sliding and sliding < self._window and "sliding_attention" in kinds:
            # CTranslate2 4.8.5 computes other outputs than the model for prompts longer than that.
            raise NotImplementedError(
                f"its sliding window is {sliding} tokens, but the card's window is {self._window}"
            )
        if self._adapter:
            self._adapter.merge(model)
        return model


def convert(card: ModelCard, source: Path, target: Path, quantization: str, progress: Progress) -> None:
    """Writes the model in `source` to the new folder `target`.

    `quantization` is NATIVE, or one of CTranslate2's names (`int8`, `float32`, ...). The card's adapter is merged
    into the weights. Raises LoadFailed when the architecture is not supported, or when the adapter is damaged or
    does not fit.
    """
    if quantization == NATIVE:
        quantize.convert(card, source, target, progress)
        return
    if card.gguf:
        gguf.to_ctranslate2(
            card,
            source / card.gguf,
            target,
            quantized=quantization.startswith("int8"),
            progress=lambda done, total: progress.advance("convert", done, total),
        )
        return
    progress.advance("convert", 0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter reads fields that transformers has deprecated
        try:
            _Converter(source, card).convert(str(target), quantization=quantization)
        except (ValueError, NotImplementedError) as error:  # including: no conversion for this architecture
            hint = 'Set `engine = "transformers"` in the card.'
            raise LoadFailed(f"{card.id} could not be converted: {error}", hint) from error
    (target / FOLDER).mkdir()
    for pattern in CONFIG_FILES:
        for path in source.glob(pattern):
            shutil.copy(path, target / FOLDER)
    progress.advance("convert", 1, 1)
