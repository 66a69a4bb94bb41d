"""Has the base model write summaries and headlines, which are mixed in so that it goes on writing them as it does.

    python -m training.keep

Answers the prompts of `asked` under the settings' `work`, and leaves those that came to an end in `kept`.
"""

import json
from collections.abc import Sequence

from training import network, shards
from training.encode import Encoder
from training.generate import answers
from training.settings import Settings, chosen, parser
from training.shards import Example

ORIGIN = "base"


def keep(settings: Settings) -> dict[str, int]:
    """Writes `kept`. Returns how many there are of each task."""
    asked = list(shards.read(settings.asked))[: settings.keep.rows]
    model, encoder = network.load(settings.base), Encoder(settings.base)
    found = answers(
        model,
        encoder,
        asked,
        longest=settings.keep.max_tokens,
        tokens=settings.generate.tokens,
        tell=lambda done: print(json.dumps({"kept": done, "of": len(asked)}), flush=True),
    )
    said = [
        (example, answer.text) for example, answer in zip(asked, found, strict=True) if answer.whole and answer.text
    ]
    return shards.write(settings.kept, _answered(said), settings.data.shard_bytes)


def _answered(said: Sequence[tuple[Example, str]]) -> list[Example]:
    return [Example(example.label, example.pieces, text, ORIGIN) for example, text in said]


def main() -> None:
    """Answers, and prints the counts."""
    print(keep(chosen(parser(__doc__).parse_args())))


if __name__ == "__main__":
    main()
