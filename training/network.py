"""The base model with a LoRA adapter on every linear of its layers, and the loss on target tokens only."""

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
from training.settings import TrainingSettings


def device() -> str:
    """Returns "cuda" if there is a GPU, else "cpu"."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load(folder: Path) -> Any:
    """Returns the base model: bfloat16 on a GPU, float32 on a CPU."""
    dtype = torch.bfloat16 if device() == "cuda" else torch.float32
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=False)
    model.generation_config = GenerationConfig()  # the card sets these options (penalties, sampling)
    return model.to(device())


def add_adapter(model: Any, settings: TrainingSettings) -> Any:
    """Adds an adapter to train, in float32. B is zero, so that the outputs are initially those of the base model."""
    torch.manual_seed(settings.seed)
    lora = settings.lora
    targets = [name for name, module in model.named_modules() if is_adapted(name, module)]
    config = LoraConfig(r=lora.rank, lora_alpha=lora.alpha, lora_dropout=lora.dropout, target_modules=targets)
    model = inject_adapter_in_model(config, model)
    for parameter in adapter_parameters(model).values():
        parameter.data = parameter.data.float()
    if settings.train.recompute:
        # transformers before 5.20 has only the older name.
        enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
        enable()
    return model


def is_adapted(name: str, module: torch.nn.Module) -> bool:
    """Returns whether a module is a linear of a layer; the output matrix, shared with the embedding, is not adapted."""
    return isinstance(module, torch.nn.Linear) and ".layers." in name


def adapter_parameters(model: Any) -> dict[str, torch.nn.Parameter]:
    """Returns the adapter's parameters by name."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def loss(model: Any, rows: Sequence[Encoded], pad: int, chunk: int) -> Tensor:
    """Returns the mean cross-entropy of the target tokens.

    Rows are padded on the right, so that causal attention never sees padding and needs no mask. Logits are computed
    only for the positions before target tokens, `chunk` at a time, and recomputed for the gradient: over the whole
    vocabulary they would be the largest tensor in memory.
    """
    ids, is_target = pad_rows(rows, pad)
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
        hidden = model.model(input_ids=ids).last_hidden_state[:, :-1][is_target]
        targets = ids[:, 1:][is_target]
        sums = [
            checkpoint(_entropy, model.lm_head, part, target, use_reentrant=False)
            for part, target in zip(hidden.split(chunk), targets.split(chunk), strict=True)
        ]
    return torch.stack(sums).sum() / len(targets)


def pad_rows(rows: Sequence[Encoded], pad: int) -> tuple[Tensor, Tensor]:
    """Returns token ids [rows, longest], and which positions [rows, longest - 1] precede a target token."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), longest), pad)
    is_target = torch.zeros((len(rows), longest - 1), dtype=torch.bool)
    for at, row in enumerate(rows):
        ids[at, : len(row.ids)] = torch.tensor(row.ids)
        is_target[at, row.prompt - 1 : len(row.ids) - 1] = True
    return ids.to(device()), is_target.to(device())


def _entropy(head: Any, hidden: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(head(hidden).float(), targets, reduction="sum")
