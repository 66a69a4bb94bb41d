"""Translates the evaluation set with Lede itself: the measurement that decides whether an adapter ships.

    LEDE_ADAPTER=none python -m training.product before.jsonl
    LEDE_ADAPTER=models/adapters/news-1 python -m training.product after.jsonl en-de de-en --lines 100

Writes the same format as training.translate, for training.evaluate to score. Prints the seconds of each direction.
"""

import json
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

from models.settings import ModelSettings
from summarizer.desk import Desk
from training import corpus
from training.prepare import FLORES
from training.settings import argument_parser, settings_from


def evaluation_directions(folder: Path) -> list[str]:
    """Returns the directions of the evaluation set, such as `en-fr`."""
    return [path.stem.rpartition(".")[2] for path in sorted(folder.glob(f"{FLORES}.*.tsv"))]


def translate(desk: Desk, folder: Path, directions: Iterable[str], lines: int, path: Path) -> None:
    """Writes the translations of the first `lines` of each direction."""
    with path.open("w", encoding="utf-8") as file:
        for direction in directions:
            source, target = direction.split("-")
            pairs = list(islice(corpus.read_pairs(folder / f"{FLORES}.{direction}.tsv"), lines))
            started = time.monotonic()
            hypotheses = (
                desk.translate([text for text, _ in pairs], [target], source_language=source).translations[0].texts
            )
            print(f"{direction}: {len(pairs)} lines in {time.monotonic() - started:.0f} s", flush=True)
            for (text, reference), hypothesis in zip(pairs, hypotheses, strict=True):
                row = {"direction": direction, "origin": FLORES, "source": text, "reference": reference}
                file.write(json.dumps(row | {"hypothesis": hypothesis}, ensure_ascii=False) + "\n")


def main() -> None:
    """Translates with the settings of the environment."""
    parser = argument_parser(__doc__)
    parser.add_argument("path", type=Path, help="output file")
    parser.add_argument("directions", nargs="*", help="such as en-fr; default: all")
    parser.add_argument("--lines", type=int, default=200)
    arguments = parser.parse_args()
    folder = Path(settings_from(arguments).data.evaluation)
    with closing(Desk(settings=ModelSettings())) as desk:
        translate(desk, folder, arguments.directions or evaluation_directions(folder), arguments.lines, arguments.path)


if __name__ == "__main__":
    main()
