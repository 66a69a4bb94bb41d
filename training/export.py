"""What training.pack brought back to the adapter that Lede ships: its weights, and its card.

    python -m training.export packed models/adapters/news-1 --scores scores.json

The card holds all that made the adapter: the settings that it was trained with, the rows by direction, the data's
licence, the steps and losses, and the scores where they are given.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from models.adapters.card import CARD, read
from models.loading import open_catalogue
from models.settings import ModelSettings
from training.keep import ORIGIN
from training.pack import PACKED
from training.settings import Settings, chosen, parser


def export(
    packed: Path, settings: Settings, revision: str, folder: Path, scores: Iterable[Mapping[str, Any]] = ()
) -> None:
    """Writes the adapter to `folder`, whose name it takes. Raises BadCard if what was packed makes no sound card.

    `settings` say what the card tells of licences; how it was trained stands in what was packed. `revision` is that of
    the base model's card.
    """
    said = json.loads((packed / PACKED).read_text("utf-8"))
    lora = said["settings"]["lora"]
    card = {
        "name": folder.name,
        "model": said["settings"]["model"],
        "revision": revision,
        "licence": settings.shipping.licence,
        "notice": settings.shipping.notice,
        "rank": lora["rank"],
        "alpha": lora["alpha"],
        "files": said["files"],
        "data": list(_data(said["rows"], settings)),
        "scores": list(map(_gain, scores)),
        "settings": said["settings"] | {"training": _training(said)},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file in said["files"]:
        shutil.copy(packed / file["name"], folder / file["name"])
    (folder / CARD).write_text(toml(card), "utf-8")
    read(folder)


def toml(table: Mapping[str, Any], path: str = "") -> str:
    """A card as TOML: plain values, then tables and lists of tables."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if not _is_table(value)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{path}{key}]", toml(value, f"{path}{key}.")]
        elif _is_table(value):
            lines += [f"\n[[{path}{key}]]\n{toml(item)}" for item in value]
    return "\n".join(lines) + ("" if path else "\n")


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _value(value: Any) -> str:
    # JSON's strings, numbers, booleans and lists are TOML's, if nothing is escaped that need not be.
    return json.dumps(value, ensure_ascii=False)


def _data(rows: Mapping[str, Mapping[str, int]], settings: Settings) -> Iterator[dict[str, Any]]:
    for label, count in rows["shards"].items():
        yield {"name": f"news-parallel {label}", "rows": count, "licence": settings.data.licence}
    for label, count in rows["kept"].items():
        licence = f"written by {settings.model} itself about sentences of {settings.data.licence}"
        yield {"name": f"{ORIGIN} {label}", "rows": count, "licence": licence}


def _training(said: Mapping[str, Any]) -> dict[str, Any]:
    losses = said["losses"] or [[0, 0.0]]
    return {"steps": said["step"], "seconds": said["seconds"], "first_loss": losses[0][1], "last_loss": losses[-1][1]}


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
    """Makes the adapter."""
    arguments = parser(__doc__)
    arguments.add_argument("packed", type=Path, help="what training.pack wrote")
    arguments.add_argument("folder", type=Path, help="models/adapters/<name>")
    arguments.add_argument("--scores", type=Path, metavar="FILE", help="what training.evaluate wrote with --json")
    wanted = arguments.parse_args()
    settings = chosen(wanted)
    revision = open_catalogue(ModelSettings())[settings.model].revision
    scores = json.loads(wanted.scores.read_text("utf-8")) if wanted.scores else []
    export(wanted.packed, settings, revision, wanted.folder, scores)
    print(f'{wanted.folder} is written; `adapter = "{wanted.folder.name}"` in the model\'s card ships it.')


if __name__ == "__main__":
    main()
