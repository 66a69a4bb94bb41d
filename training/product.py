"""Translates the evaluation set through Lede itself, as a user has it: what decides whether an adapter ships.

    LEDE_ADAPTER=none python -m training.product before.jsonl
    LEDE_ADAPTER=models/adapters/news-1 python -m training.product after.jsonl en-de de-en --lines 100

Writes what training.translate writes, for training.evaluate to score. Tells the seconds of each direction.
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
from training.settings import chosen, parser


def directions(folder: Path) -> list[str]:
    """Those that the evaluation set has, as `en-fr`."""
    return [path.stem.rpartition(".")[2] for path in sorted(folder.glob(f"{FLORES}.*.tsv"))]


def product(desk: Desk, folder: Path, wanted: Iterable[str], lines: int, path: Path) -> None:
    """Writes the translations of each direction's first so many lines."""
    with path.open("w", encoding="utf-8") as file:
        for direction in wanted:
            source, target = direction.split("-")
            pairs = list(islice(corpus.pairs(folder / f"{FLORES}.{direction}.tsv"), lines))
            started = time.monotonic()
            made = desk.translate([text for text, _ in pairs], [target], source_language=source).translations[0].texts
            print(f"{direction}: {len(pairs)} lines in {time.monotonic() - started:.0f} s", flush=True)
            for (text, reference), hypothesis in zip(pairs, made, strict=True):
                row = {"direction": direction, "origin": FLORES, "source": text, "reference": reference}
                file.write(json.dumps(row | {"hypothesis": hypothesis}, ensure_ascii=False) + "\n")


def main() -> None:
    """Translates with the settings of the environment."""
    arguments = parser(__doc__)
    arguments.add_argument("path", type=Path, help="the file to write")
    arguments.add_argument("directions", nargs="*", help="as en-fr; all where none is named")
    arguments.add_argument("--lines", type=int, default=200)
    wanted = arguments.parse_args()
    folder = Path(chosen(wanted).data.evaluation)
    with closing(Desk(settings=ModelSettings())) as desk:
        product(desk, folder, wanted.directions or directions(folder), wanted.lines, wanted.path)


if __name__ == "__main__":
    main()
