"""A model's own files to a CTranslate2 folder, with its tokenizer beside the weights."""

import shutil
import warnings
from pathlib import Path

from ctranslate2.converters import TransformersConverter

from models import gguf
from models.card import ModelCard
from models.errors import LoadFailed
from models.progress import Progress
from models.sources import SMALL
from models.tokenizer import FOLDER


def convert(card: ModelCard, source: Path, target: Path, quantization: str, progress: Progress) -> None:
    """Writes the model in `source` to the new folder `target`.

    `quantization` is one of CTranslate2's names (`int8`, `float32`, ...). Raises LoadFailed with the reason when
    CTranslate2 has no conversion for the architecture.
    """
    if card.gguf:
        gguf.to_ctranslate2(
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
            TransformersConverter(str(source), trust_remote_code=False).convert(str(target), quantization=quantization)
        except (ValueError, NotImplementedError) as error:  # among them: no conversion for this architecture
            hint = 'Set `engine = "transformers"` in the card.'
            raise LoadFailed(f"{card.id} could not be converted: {error}", hint) from error
    (target / FOLDER).mkdir()
    for pattern in SMALL:
        for path in source.glob(pattern):
            shutil.copy(path, target / FOLDER)
    progress.advance("convert", 1, 1)
