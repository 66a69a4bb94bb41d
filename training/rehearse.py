"""Generates the base model's own summaries and headlines, which are mixed in so that training does not degrade them.

    python -m training.rehearse

Answers the examples in `prompts` under the settings' `work`, and writes the complete ones to `rehearsal`.
"""

import json
from collections.abc import Sequence

from training import network, shards
from training.encode import Encoder
from training.generate import generate
from training.settings import TrainingSettings, argument_parser, settings_from
from training.shards import Example

ORIGIN = "base"


def rehearse(settings: TrainingSettings) -> dict[str, int]:
    """Writes the rehearsal data. Returns the number of examples of each task."""
    examples = list(shards.read(settings.prompts))[: settings.rehearsal.rows]
    model, encoder = network.load(settings.base), Encoder(settings.base)
    completions = generate(
        model,
        encoder,
        examples,
        longest=settings.rehearsal.max_tokens,
        tokens=settings.generate.tokens,
        on_progress=lambda done: print(json.dumps({"generated": done, "of": len(examples)}), flush=True),
    )
    complete = [
        (example, answer.text)
        for example, answer in zip(examples, completions, strict=True)
        if answer.complete and answer.text
    ]
    return shards.write(settings.rehearsal_shards, _answered(complete), settings.data.shard_bytes)


def _answered(answers: Sequence[tuple[Example, str]]) -> list[Example]:
    return [Example(example.label, example.pieces, text, ORIGIN) for example, text in answers]


def main() -> None:
    """Generates, and prints the counts."""
    print(rehearse(settings_from(argument_parser(__doc__).parse_args())))


if __name__ == "__main__":
    main()
