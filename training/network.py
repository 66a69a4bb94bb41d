"""The base model with a LoRA adapter round every linear of its layers, and the loss on the targets alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, GenerationConfig

from training.encode import Encoded
from training.settings import Settings


def device() -> str:
    """Where there is a GPU, it is used."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load(folder: Path) -> Any:
    """The base model: bfloat16 on a GPU, float32 on a CPU."""
    dtype = torch.bfloat16 if device() == "cuda" else torch.float32
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=False)
    model.generation_config = GenerationConfig()  # what came with it (penalties, drawing) is the card's to give
    return model.to(device())


def adapted(model: Any, settings: Settings) -> Any:
    """The model with an adapter to train, in float32: B is zero, so that it begins as the model is."""
    torch.manual_seed(settings.seed)
    lora = settings.lora
    targets = [name for name, module in model.named_modules() if is_adapted(name, module)]
    config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=targets)
    made: Any = inject_adapter_in_model(config, model)
    for parameter in trained(made).values():
        parameter.data = parameter.data.float()
    if settings.train.recompute:
        # transformers before 5.20 has it under its older name alone.
        enable = getattr(made, "activation_checkpointing_enable", None) or made.gradient_checkpointing_enable
        enable()
    return made


def is_adapted(name: str, module: torch.nn.Module) -> bool:
    """Whether a module is a linear inside a layer: the output's matrix, which is the embedding's, stays."""
    return isinstance(module, torch.nn.Linear) and ".layers." in name


def trained(model: Any) -> dict[str, torch.nn.Parameter]:
    """The adapter's parameters by name."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def loss(model: Any, rows: Sequence[Encoded], pad: int, chunk: int) -> Tensor:
    """The mean cross-entropy of the targets' tokens.

    Rows are padded on the right: no token looks ahead, so that none sees padding and attention needs no mask. Logits
    are made of the places before a target alone, `chunk` at a time, and made anew for the gradient: over the whole
    vocabulary they would be the largest thing in memory.
    """
    ids, is_target = padded(rows, pad)
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
        hidden = model.model(input_ids=ids).last_hidden_state[:, :-1][is_target]
        targets = ids[:, 1:][is_target]
        sums = [
            checkpoint(_entropy, model.lm_head, part, wanted, use_reentrant=False)
            for part, wanted in zip(hidden.split(chunk), targets.split(chunk), strict=True)
        ]
    return torch.stack(sums).sum() / len(targets)


def padded(rows: Sequence[Encoded], pad: int) -> tuple[Tensor, Tensor]:
    """Token ids [rows, longest], and which places [rows, longest - 1] are followed by a target's token."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), pad)
    is_target = torch.zeros((len(rows), longest - 1), dtype=torch.bool)
    for at, row in enumerate(rows):
        ids[at, : len(row.ids)] = torch.tensor(row.ids)
        is_target[at, row.prompt - 1 : len(row.ids) - 1] = True
    return ids.to(device()), is_target.to(device())


def _entropy(head: Any, hidden: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(head(hidden).float(), targets, reduction="sum")
