"""Writes models/cards/firefox.toml from a list of Mozilla's models: `python -m scripts.firefox_card list.json`.

The list names each model's files with their bytes and hashes, and its published scores, at one commit of
`mozilla/firefox-translations-models`.
"""

import json
import sys
from pathlib import Path
from typing import Any

CARD = Path(__file__).parents[1] / "models" / "cards" / "firefox.toml"
KINDS = {"model", "shortlist", "vocab", "srcvocab", "trgvocab"}
ALSO = {"no": "nb"}
"""Other tags of a language."""

BETTER = ("base-memory", "base", "tiny")

HEAD = """# Mozilla's translators, which Firefox has: one small model a direction. Written by scripts/firefox_card.py.
# Of several for one direction the better stands first: by its published BLEU, and those of the size `tiny` last.
id = "mozilla/firefox-{{source}}-{{target}}"
title = "Translation in one direction, by Firefox's models; small, fast, and the best there are for CPUs"
licence = "MPL-2.0"
commercial_use = true
notice = "The files stay under the MPL-2.0: who passes them on, changed or not, does so under the same licence."
tasks = ["translate"]
architecture = "encoder-decoder"
engine = "marian"
parameters = 31_248_966  # those of a member are its own
download = 27_000_000
memory = 60_000_000
window = 512
family = true

[sources]
url = "https://media.githubusercontent.com/media/{repository}/{commit}/{{path}}"

[prompt]
style = "tokens"         # the direction is the model's own: nothing names it
after = []

[presets.translate]
max_tokens = 4096        # the engine has its own bound, by the length of what it reads

[languages]
"""


def main() -> None:
    """The card on the disk."""
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    models = sorted(found["models"], key=_order)
    languages = sorted({_tag(model[side]) for model in models for side in ("source", "target")})
    head = HEAD.format(repository=found["repository"], commit=found["commit"])
    names = "".join(f'{tag} = "{ALSO.get(tag, tag)}"\n' for tag in sorted({*languages, *ALSO}))
    CARD.write_text(head + names + "".join(map(_member, models)), "utf-8")


def _order(model: dict[str, Any]) -> tuple[Any, ...]:
    size = model["architecture"]
    return _tag(model["source"]), _tag(model["target"]), size == "tiny", -(_bleu(model) or 0), BETTER.index(size)


def _tag(language: str) -> str:
    return "zh" if language == "zh-Hans" else str(language)


def _bleu(model: dict[str, Any]) -> float | None:
    return (model["scores"].get("flores") or {}).get("bleu")


def _member(model: dict[str, Any]) -> str:
    source, target = _tag(model["source"]), _tag(model["target"])
    files = "".join(
        f'    {{ name = "{Path(file["path"]).name}", size = {file["bytes"]}, sha256 = "{file["sha256"]}" }},\n'
        for file in model["files"]
        if file["kind"] in KINDS
    )
    score = ""
    if (bleu := _bleu(model)) is not None:
        signature = "FLORES, as published by Mozilla with the model"
        score = (
            f'scores = [{{ source = "{source}", target = "{target}", metric = "bleu", value = {bleu}, '
            f'signature = "{signature}" }}]\n'
        )
    return (
        f'\n[[members]]\ndirection = "{source}:{target}"\npath = "{model["directory"]}"\n'
        f"parameters = {model['model_statistics']['parameters']}\nfiles = [\n{files}]\n{score}"
    )


if __name__ == "__main__":
    main()
