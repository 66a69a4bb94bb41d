"""A GGUF file to a folder that transformers loads at once: bfloat16 safetensors, its configuration and its tokenizer.

    python -m training.base build/training/model.gguf

transformers reads the file itself, but one tensor at a time and as float32: minutes, where this takes seconds on 16
cores.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from gguf import GGUFReader
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from models.files.tensors import Gguf
from training.settings import chosen, parser


def write(source: Path, folder: Path, dtype: torch.dtype = torch.bfloat16) -> None:
    """Writes the model of the GGUF file `source` to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    config = AutoConfig.from_pretrained(source.parent, gguf_file=source.name, trust_remote_code=False)
    with torch.device("meta"):
        wanted = set(AutoModelForCausalLM.from_config(config).state_dict())
    tensors = Gguf(GGUFReader(source))
    names = sorted(name for name in wanted if name in tensors)
    with ThreadPoolExecutor() as pool:
        made = pool.map(lambda name: torch.cat([block.to(dtype) for block in tensors.blocks(name)]), names)
        save_file(dict(zip(names, made, strict=True)), folder / "model.safetensors", {"format": "pt"})
    config.tie_word_embeddings = "lm_head.weight" not in tensors
    config.dtype = dtype
    config.save_pretrained(folder)
    AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, trust_remote_code=False).save_pretrained(folder)


def main() -> None:
    """Writes the settings' `base`."""
    arguments: argparse.ArgumentParser = parser(__doc__)
    arguments.add_argument("gguf", type=Path, help="the file")
    wanted = arguments.parse_args()
    write(wanted.gguf, chosen(wanted).base)


if __name__ == "__main__":
    main()
