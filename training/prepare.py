"""The corpus to shards: sound rows, none that is measured with, balanced, each with the prompt that Lede asks.

    python -m training.prepare

Leaves three folders under the settings' `work`, each with a manifest: `shards` to train on, `asked` for the base model
to answer (training.keep), `measured` to measure with. It reads the corpus twice, and a row at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from models.loading import open_catalogue
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import Tokenizer
from training import corpus, shards
from training.corpus import HUMAN, Row
from training.filters import fault
from training.passages import passages
from training.prompts import Asking
from training.sampling import Entry, sample
from training.settings import Settings, chosen, parser

FLORES = "flores-dev"
"""The origin of rows of the evaluation set; those of the corpus that are held out have HELD_OUT."""
HELD_OUT = "held-out"


class Preparation:
    """What is known of the corpus after one reading."""

    def __init__(self, settings: Settings, asking: Asking) -> None:
        self.settings, self.asking = settings, asking
        self.faults: Counter[str] = Counter()
        self._forbidden = corpus.keys(corpus.sentences(Path(settings.data.evaluation)))
        sound = [entry for entry in self._sound() if not self._forbidden & {entry.source, entry.target}]
        self.held_out = _held_out(sound, settings.data.held_out)
        held = {side for entry in sound if entry.number in self.held_out for side in (entry.source, entry.target)}
        self._forbidden |= held
        self.left = [entry for entry in sound if not held & {entry.source, entry.target}]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows of the directions that the model serves, with their numbers."""
        for number, row in enumerate(corpus.read(Path(self.settings.data.corpus))):
            if self.asking.serves(row) and row.set not in self.settings.data.leave_out:
                yield number, row

    def training(self) -> Iterator[tuple[Row, int]]:
        """The rows to train on, and how often each comes."""
        taken = sample(self.left, self.settings.data)
        return ((row, taken[number]) for number, row in self.rows() if number in taken)

    def english(self) -> Mapping[str, Sequence[str]]:
        """English sources by their set, each once, none that is measured with."""
        numbers = {entry.number for entry in self.left if entry.direction.startswith("en-")}
        found: dict[str, dict[int, str]] = defaultdict(dict)
        for number, row in self.rows():
            if number in numbers:
                found[row.set].setdefault(corpus.key(row.source), row.source)
        return {name: list(texts.values()) for name, texts in found.items() if not name.startswith("flores")}

    def _sound(self) -> Iterator[Entry]:
        for number, row in self.rows():
            if reason := fault(row, self.settings.data):
                self.faults[reason] += 1
            else:
                yield Entry(number, row.direction, row.origin, corpus.key(row.source), corpus.key(row.target))


def prepare(settings: Settings, asking: Asking) -> dict[str, dict[str, int]]:
    """Writes the three folders. Returns the rows of each by label, and why rows were left out."""
    found = Preparation(settings, asking)
    most = settings.data.shard_bytes
    examples = (asking.translation(row) for row, times in found.training() for _ in range(times))
    return {
        "shards": shards.write(settings.shards, examples, most),
        "asked": shards.write(settings.asked, _asked(found), most),
        "measured": shards.write(settings.measured, _measured(found), most),
        "left out": dict(found.faults),
    }


def _asked(found: Preparation) -> Iterator[shards.Example]:
    keep = found.settings.keep
    made = passages(found.english(), keep.passages, keep.sentences, found.settings.seed)
    for turn, passage in enumerate(made):
        yield found.asking.summary(passage, turn)
        yield found.asking.summary(passage, turn + 1)
        yield found.asking.headline(passage, turn)


def _measured(found: Preparation) -> Iterator[shards.Example]:
    folder = Path(found.settings.data.evaluation)
    for path in sorted(folder.glob("*.tsv")):
        source, target = path.stem.rpartition(".")[2].split("-")
        for text, reference in corpus.pairs(path):
            yield found.asking.translation(Row(source, target, path.stem, FLORES, text, reference))
    for number, row in found.rows():
        if number in found.held_out:
            kept = Row(row.source_language, row.target_language, row.set, HELD_OUT, row.source, row.target)
            yield found.asking.translation(kept)


def _held_out(entries: Sequence[Entry], count: int) -> frozenset[int]:
    """The numbers of so many human rows of each direction: those whose English side has the least key.

    A key is as good as a random number. Texts that stand in many languages are held out in all of them, for their
    English is the same: else each language would take others away from the rest.
    """
    by_direction: dict[str, dict[int, int]] = defaultdict(dict)
    for entry in entries:
        if entry.origin == HUMAN:
            english = entry.target if entry.direction.endswith("-en") else entry.source
            by_direction[entry.direction].setdefault(english, entry.number)
    return frozenset(
        number for rows in by_direction.values() for _, number in sorted(rows.items())[: min(count, len(rows) // 4)]
    )


def asking(settings: Settings) -> Asking:
    """The card of the settings' model, and its chat template. Raises ModelNotFetched where its files are not here."""
    given = ModelSettings()
    card = open_catalogue(given)[settings.model]
    folder = Store(given.home).source(card, fetch=False)
    return Asking(card, Tokenizer(folder, gguf=card.gguf).chat)


def main() -> None:
    """Prepares, and prints the counts."""
    settings = chosen(parser(__doc__).parse_args())
    for name, counts in prepare(settings, asking(settings)).items():
        print(f"{name}: {sum(counts.values())} rows: {counts}")


if __name__ == "__main__":
    main()
