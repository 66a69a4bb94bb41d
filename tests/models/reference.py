"""Generates the end of docs/models.md from the cards and their schema: `python -m tests.models.reference`.

The schema is the only place that explains the fields; a test compares the generated text with the page.
"""

import tomllib
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models.card import ChatPrompt, File, ModelCard, Preset, Score, Sources, TokensPrompt, Wheel
from models.catalogue import SHIPPED
from models.server import Server

DOCS = Path(__file__).parents[2] / "docs" / "models.md"
HEADING = "## Models with a card"
PARTS: dict[str, type[BaseModel]] = {
    "The card": ModelCard,
    "`[[files]]`": File,
    "`[sources]`": Sources,
    "`[server]`": Server,
    "`[[sources.wheels]]`": Wheel,
    '`[prompt]` with `style = "tokens"`': TokensPrompt,
    '`[prompt]` with `style = "chat"`': ChatPrompt,
    "`[presets.<task>]`": Preset,
    "`[[scores]]`": Score,
}
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def kind(annotation: Any) -> str:
    """Returns a field's type in TOML terms."""
    if annotation in PLAIN:
        return PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in inside) if len(inside) > 1 else f"`{inside[0]}`"
    if origin is tuple:
        return f"list of: {kind(inside[0])}"
    if origin is dict:
        return f"table of: {kind(inside[1])}"
    if origin in (Annotated, Union, UnionType):
        options = inside[:1] if origin is Annotated else inside
        return " or ".join(dict.fromkeys(kind(option) for option in options if option is not NoneType))
    raise TypeError(f"no words for {annotation!r}")


def default(field: FieldInfo) -> str:
    """Returns the default of a field."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return "none"
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
    return f"`{shown}`"


def parse(text: str) -> ModelCard:
    """Returns a card as written; a family is not expanded."""
    return ModelCard.model_validate(tomllib.loads(text))


def shipped() -> list[ModelCard]:
    """Returns the shipped cards as written; a family is one card."""
    return [parse(path.read_text("utf-8")) for path in sorted(SHIPPED.glob("*.toml"))]


def _models() -> list[str]:
    lines = [HEADING, "", "| model | tasks | languages | licence | pinned | download | memory |"]
    lines.append("| --- | --- | ---: | --- | --- | ---: | ---: |")
    for card in sorted(shipped(), key=lambda card: card.id.lower()):
        licence = card.licence if card.commercial_use else f"**{card.licence}: not for commercial use**"
        cells = [f"`{card.id}`", ", ".join(card.tasks), str(len(set(card.languages.values()))), licence]
        cells += [
            "yes" if card.sources.revision else "no",
            *(f"{size / 1e9:.1f} GB" for size in (card.download, card.memory)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    notices = [f"- `{card.id}`: {card.notice}" for card in shipped() if card.notice]
    return [*lines, "", *notices, ""]


def _measured() -> list[str]:
    """Every score of every card: what `lede` and /v1/languages show too."""
    lines = [
        "## Measured",
        "",
        "BLEU and chrF by `python -m benchmarks.translation`; other directions are not measured.",
    ]
    lines += ["", "| model | direction | metric | score | set and engine |", "| --- | --- | --- | ---: | --- |"]
    for card in shipped():
        for score in card.scores:
            made = ", ".join(score.signature.split("|")[:2])
            cells = [f"`{card.id}`", f"{score.source} → {score.target}", score.metric, f"{score.value:.1f}", made]
            lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _fields(model: type[BaseModel]) -> list[str]:
    lines = ["| field | type | default | meaning |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        lines.append(f"| `{name}` | {kind(field.annotation)} | {default(field)} | {field.description} |")
    return [*lines, ""]


def section() -> str:
    """Returns everything from the first generated heading to the end of the page."""
    lines = [*_models(), *_measured(), "## The fields of a card", ""]
    for title, model in PARTS.items():
        words = (model.__doc__ or "").replace("\n    ", "\n").strip()
        lines += [f"### {title}", "", words, "", *_fields(model)]
    return "\n".join(lines)


if __name__ == "__main__":
    head, _, _ = DOCS.read_text("utf-8").partition(HEADING)
    DOCS.write_text(head + section(), "utf-8")
