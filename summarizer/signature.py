"""Signatures: one line with everything that determines a result, such as models, revisions, options and versions."""

import dataclasses
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from models.adapters.card import adapter_of
from models.card import ChatPrompt, ModelCard, Task
from models.lexicons.card import lexicon_of

_VERSION = version("lede")

_NOT_SIGNED = {"title", "licence", "commercial_use", "notice", "parameters", "download", "memory", "scores"}
"""Fields of a card that do not influence the output."""


def signature(cards: Mapping[Task, ModelCard], **options: Any) -> str:
    """Returns a signature such as `summary:Qwen/Qwen2.5@38f6bab6#1|length:short|lede:0.1.0`.

    A model with an adapter is `Qwen/Qwen2.5@38f6bab6+news-1-0a1b2c3d#1`; one that translates with a lexicon is written
    in the same way. `cards` are the models by task; `options` are plain values or dataclasses.
    """
    parts = [f"{role}:{card.id}@{_revision(role, card)}#{_prompt_version(card)}" for role, card in cards.items()]
    for name, value in options.items():
        parts += _fields(dataclasses.asdict(value)) if dataclasses.is_dataclass(value) else _fields({name: value})  # type: ignore[arg-type]
    return "|".join([*parts, f"lede:{_VERSION}"])


def weights_revision(card: ModelCard) -> str:
    """Returns the revision of a card's weights, with the adapter merged into them."""
    adapter = adapter_of(card)
    return card.revision[:8] + (f"+{adapter.tag}" if adapter else "")


def lexicon_revision(card: ModelCard) -> str:
    """Returns the tag of a card's lexicon as a suffix of the revision, or an empty string."""
    lexicon = lexicon_of(card)
    return f"+{lexicon.tag}" if lexicon else ""


def fingerprint(card: ModelCard) -> str:
    """Returns a digest of the fields of a card that influence the output: an edited card is a different model."""
    return sha256(card.model_dump_json(exclude=_NOT_SIGNED).encode()).hexdigest()[:8]


def _revision(task: Task, card: ModelCard) -> str:
    return weights_revision(card) + (lexicon_revision(card) if task == "translate" else "")


def _prompt_version(card: ModelCard) -> int:
    return card.prompt.version if isinstance(card.prompt, ChatPrompt) else 1


def _fields(values: Mapping[str, Any]) -> Iterator[str]:
    """Yields `name:value` for all values except None; nested fields get the outer name as a prefix."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{field}" for field in _fields(value))
        elif value is not None:
            yield f"{name}:{_plain(value)}"


def _plain(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
