"""Makes the adapter that Lede ships from the output of training.pack: its weights and its card.

    python -m training.export packed models/adapters/news-1 --scores scores.json

The card records the settings, the rows by direction, the data's licence, steps and losses, and the scores if given.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from models.adapters.card import CARD, read_adapter
from models.loading import open_catalogue
from models.settings import ModelSettings
from training.pack import PACKED
from training.rehearse import ORIGIN
from training.settings import TrainingSettings, argument_parser, settings_from


def export(
    packed: Path, settings: TrainingSettings, revision: str, folder: Path, scores: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Writes the adapter to `folder`, whose name becomes its name. Raises BadCard if the card would not be valid.

    `settings` supplies the licences for the card; the training settings are those in `packed`. `revision` is that
    of the base model's card.
    """
    packed_state = json.loads((packed / PACKED).read_text("utf-8"))
    lora = packed_state["settings"]["lora"]
    card = {
        "name": folder.name,
        "model": packed_state["settings"]["model"],
        "revision": revision,
        "licence": settings.shipping.licence,
        "notice": settings.shipping.notice,
        "rank": lora["rank"],
        "alpha": lora["alpha"],
        "files": packed_state["files"],
        "data": list(_data(packed_state["rows"], settings)),
        "scores": list(map(_gain, scores)),
        "settings": packed_state["settings"] | {"training": _training(packed_state)},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file in packed_state["files"]:
        shutil.copy(packed / file["name"], folder / file["name"])
    (folder / CARD).write_text(to_toml(card), "utf-8")
    read_adapter(folder)


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """Returns a card as TOML: plain values first, then tables and lists of tables."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{path}{key}]", to_toml(value, f"{path}{key}.")]
        elif _is_table(value):
            lines += [f"\n[[{path}{key}]]\n{to_toml(item)}" for item in value]
    return "\n".join(lines) + ("" if path else "\n")


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _value(value: Any) -> str:
    # JSON strings, numbers, booleans and lists are valid TOML if non-ASCII characters are not escaped.
    return json.dumps(value, ensure_ascii=False)


def _data(rows: Mapping[str, Mapping[str, int]], settings: TrainingSettings) -> Iterator[dict[str, Any]]:
    for label, count in rows["shards"].items():
        yield {"name": f"news-parallel {label}", "rows": count, "licence": settings.data.licence}
    for label, count in rows["rehearsal"].items():
        licence = f"written by {settings.model} itself about sentences of {settings.data.licence}"
        yield {"name": f"{ORIGIN} {label}", "rows": count, "licence": licence}


def _training(packed_state: Mapping[str, Any]) -> dict[str, Any]:
    losses = packed_state["losses"] or [[0, 0.0]]
    return {
        "steps": packed_state["step"],
        "seconds": packed_state["seconds"],
        "first_loss": losses[0][1],
        "last_loss": losses[-1][1],
    }


def _gain(score: Mapping[str, Any]) -> dict[str, Any]:
    source, target = score["direction"].split("-")
    return {
        "source": source,
        "target": target,
        "metric": score["metric"],
        "value": round(score["after"], 1),
        "before": round(score["before"], 1),
        "low": round(score["low"], 1),
        "high": round(score["high"], 1),
        "signature": f"{score['origin']}|{score['signature']}",
    }


def main() -> None:
    """Writes the adapter."""
    parser = argument_parser(__doc__)
    parser.add_argument("packed", type=Path, help="what training.pack wrote")
    parser.add_argument("folder", type=Path, help="models/adapters/<name>")
    parser.add_argument("--scores", type=Path, metavar="FILE", help="what training.evaluate wrote with --json")
    arguments = parser.parse_args()
    settings = settings_from(arguments)
    revision = open_catalogue(ModelSettings())[settings.model].revision
    scores = json.loads(arguments.scores.read_text("utf-8")) if arguments.scores else []
    export(arguments.packed, settings, revision, arguments.folder, scores)
    print(f'{arguments.folder} is written; `adapter = "{arguments.folder.name}"` in the model\'s card ships it.')


if __name__ == "__main__":
    main()
