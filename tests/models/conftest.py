"""Fixtures for several tests of this layer."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A tokenizer with the special tokens and chat template of Qwen's."""
    import transformers  # noqa: PLC0415 - takes seconds to import, and most tests here need none of it

    from models.tokenizer import Tokenizer  # noqa: PLC0415
    from tests.models import tiny  # noqa: PLC0415

    folder: Path = tmp_path_factory.mktemp("tokenizer")
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    backend: Any = transformers.PreTrainedTokenizerFast
    fast = backend(
        tokenizer_object=tiny.byte_pairs(special),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=special[1:],
    )
    fast.chat_template = tiny.TURNS
    fast.save_pretrained(folder)
    return Tokenizer(folder)
