"""Translates the evaluation rows with the base model or with the adapter, on the machine that trained it.

    python -m training.translate before.jsonl --base
    python -m training.translate after.jsonl

Writes one JSON line per sentence: direction, origin, source, reference, hypothesis. `training.evaluate` scores them on
another machine: sacrebleu's tokenizers for Japanese and Korean need dictionaries that GPU machines often lack.
"""

import json
from pathlib import Path
from typing import Any

from peft.tuners.lora import LoraLayer

from training import checkpoint, network, shards
from training.encode import Encoder
from training.generate import generate
from training.settings import TrainingSettings, argument_parser, settings_from


def translate(settings: TrainingSettings, model: Any, path: Path, *, share: int = 1) -> None:
    """Writes the hypotheses of every `share`-th row of `evaluation`."""
    examples = list(shards.read(settings.evaluation))[::share]
    encoder = Encoder(settings.base)
    completions = generate(
        model,
        encoder,
        examples,
        longest=settings.generate.max_tokens,
        tokens=settings.generate.tokens,
        on_progress=lambda done: print(json.dumps({"translated": done, "of": len(examples)}), flush=True),
    )
    with path.open("w", encoding="utf-8") as file:
        for example, answer in zip(examples, completions, strict=True):
            row = {"direction": example.label, "origin": example.origin, "source": example.text}
            row |= {"reference": example.answer, "hypothesis": " ".join(answer.text.split())}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def load_model(settings: TrainingSettings, *, base: bool) -> Any:
    """Returns the base model, or the model with the checkpoint's adapter."""
    loaded = network.load(settings.base)
    if base:
        return loaded
    adapted = network.add_adapter(loaded, settings)
    checkpoint.load_adapter(settings.checkpoint, adapted)
    for module in adapted.modules():
        if isinstance(module, LoraLayer):
            module.merge()  # one product in place of three
    return adapted


def main() -> None:
    """Translates."""
    parser = argument_parser(__doc__)
    parser.add_argument("path", type=Path, help="output file")
    parser.add_argument("--base", action="store_true", help="without the adapter")
    parser.add_argument("--share", type=int, default=1, metavar="N", help="only every Nth sentence")
    arguments = parser.parse_args()
    settings = settings_from(arguments)
    translate(settings, load_model(settings, base=arguments.base), arguments.path, share=arguments.share)


if __name__ == "__main__":
    main()
