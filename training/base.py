"""Converts a GGUF file to a transformers folder: bfloat16 safetensors, configuration and tokenizer.

    python -m training.base build/training/model.gguf

transformers can read the file itself, but tensor by tensor and in float32, which takes minutes. This takes seconds on
16 cores.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from gguf import GGUFReader
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from models.files.tensors import GgufTensors
from training.settings import argument_parser, settings_from


def write(source: Path, folder: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Writes the model of the GGUF file `source` to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = AutoConfig.from_pretrained(source.parent, gguf_file=source.name, trust_remote_code=False)
    with torch.device("meta"):
        parameters = set(AutoModelForCausalLM.from_config(config).state_dict())
    tensors = GgufTensors(GGUFReader(source))
    names = sorted(name for name in parameters if name in tensors)
    with ThreadPoolExecutor() as pool:
        converted = pool.map(lambda name: torch.cat([block.to(dtype) for block in tensors.blocks(name)]), names)
        save_file(dict(zip(names, converted, strict=True)), folder / "model.safetensors", {"format": "pt"})
    config.tie_word_embeddings = "lm_head.weight" not in tensors
    config.dtype = dtype
    config.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, trust_remote_code=False).save_pretrained(folder)


def main() -> None:
    """Writes the folder `base` of the settings."""
    parser = argument_parser(__doc__)
    parser.add_argument("gguf", type=Path, help="GGUF file")
    arguments = parser.parse_args()
    write(arguments.gguf, settings_from(arguments).base)


if __name__ == "__main__":
    main()
