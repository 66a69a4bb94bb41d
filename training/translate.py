"""Translates what is measured with, by the base model or with the adapter, on the machine that trained it.

    python -m training.translate before.jsonl --base
    python -m training.translate after.jsonl

Writes a JSON line a sentence: direction, origin, source, reference, hypothesis. `training.evaluate` scores them
elsewhere: sacrebleu's tokenizers for Japanese and Korean need dictionaries that GPU machines seldom have.
"""

import json
from pathlib import Path
from typing import Any

from peft.tuners.lora import LoraLayer

from training import checkpoint, network, shards
from training.encode import Encoder
from training.generate import answers
from training.settings import Settings, chosen, parser


def translate(settings: Settings, model: Any, path: Path, *, share: int = 1) -> None:
    """Writes the hypotheses of every `share`-th row of `measured`."""
    examples = list(shards.read(settings.measured))[::share]
    encoder = Encoder(settings.base)
    found = answers(
        model,
        encoder,
        examples,
        longest=settings.generate.max_tokens,
        tokens=settings.generate.tokens,
        tell=lambda done: print(json.dumps({"translated": done, "of": len(examples)}), flush=True),
    )
    with path.open("w", encoding="utf-8") as file:
        for example, answer in zip(examples, found, strict=True):
            row = {"direction": example.label, "origin": example.origin, "source": example.text}
            row |= {"reference": example.answer, "hypothesis": " ".join(answer.text.split())}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def model(settings: Settings, *, base: bool) -> Any:
    """The base model, or the one with the checkpoint's adapter."""
    loaded = network.load(settings.base)
    if base:
        return loaded
    made = network.adapted(loaded, settings)
    checkpoint.adapter(settings.checkpoint, made)
    for module in made.modules():
        if isinstance(module, LoraLayer):
            module.merge()  # one product in place of three
    return made


def main() -> None:
    """Translates."""
    arguments = parser(__doc__)
    arguments.add_argument("path", type=Path, help="the file to write")
    arguments.add_argument("--base", action="store_true", help="without the adapter")
    arguments.add_argument("--share", type=int, default=1, metavar="N", help="only every Nth sentence")
    wanted = arguments.parse_args()
    settings = chosen(wanted)
    translate(settings, model(settings, base=wanted.base), wanted.path, share=wanted.share)


if __name__ == "__main__":
    main()
