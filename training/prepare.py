"""Prepares the shards: filters and balances the corpus, removes evaluation data, and adds Lede's own prompts.

    python -m training.prepare

Writes three folders under the settings' `work`, each with a manifest: `shards` to train on, `prompts` for the base
model to answer (training.rehearse), and `evaluation`. Reads the corpus twice, row by row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from models.loading import open_catalogue
from models.settings import ModelSettings
from models.store import Store
from models.tokenizer import Tokenizer
from training import corpus, shards
from training.corpus import HUMAN, CorpusRow
from training.filters import rejection_reason
from training.passages import build_passages
from training.prompts import Prompter
from training.sampling import Entry, sample
from training.settings import TrainingSettings, argument_parser, settings_from

FLORES = "flores-dev"
"""The origin of rows from the evaluation set; held-out rows of the corpus have HELD_OUT."""
HELD_OUT = "held-out"


class Preparation:
    """The accepted rows of the corpus, after reading it once."""

    def __init__(self, settings: TrainingSettings, prompter: Prompter) -> None:
        self.settings, self.prompter = settings, prompter
        self.rejected: Counter[str] = Counter()
        self._excluded = corpus.text_keys(corpus.read_sentences(Path(settings.data.evaluation)))
        accepted = [entry for entry in self._accepted() if not self._excluded & {entry.source, entry.target}]
        self.held_out = _held_out(accepted, settings.data.held_out)
        held_out_keys = {
            side for entry in accepted if entry.number in self.held_out for side in (entry.source, entry.target)
        }
        self._excluded |= held_out_keys
        self.available = [entry for entry in accepted if not held_out_keys & {entry.source, entry.target}]

    def supported_rows(self) -> Iterator[tuple[int, CorpusRow]]:
        """Yields the rows of the directions that the model supports, with their numbers."""
        for number, row in enumerate(corpus.read_corpus(Path(self.settings.data.corpus))):
            if self.prompter.serves(row) and row.set not in self.settings.data.leave_out:
                yield number, row

    def training_rows(self) -> Iterator[tuple[CorpusRow, int]]:
        """Yields the rows to train on, with the number of repetitions."""
        counts = sample(self.available, self.settings.data)
        return ((row, counts[number]) for number, row in self.supported_rows() if number in counts)

    def english_sources(self) -> Mapping[str, Sequence[str]]:
        """Returns the distinct English sources of each data set, without evaluation data."""
        numbers = {entry.number for entry in self.available if entry.direction.startswith("en-")}
        sources: dict[str, dict[int, str]] = defaultdict(dict)
        for number, row in self.supported_rows():
            if number in numbers:
                sources[row.set].setdefault(corpus.text_key(row.source), row.source)
        return {name: list(texts.values()) for name, texts in sources.items() if not name.startswith("flores")}

    def _accepted(self) -> Iterator[Entry]:
        for number, row in self.supported_rows():
            if reason := rejection_reason(row, self.settings.data):
                self.rejected[reason] += 1
            else:
                yield Entry(number, row.direction, row.origin, corpus.text_key(row.source), corpus.text_key(row.target))


def prepare(settings: TrainingSettings, prompter: Prompter) -> dict[str, dict[str, int]]:
    """Writes the three folders. Returns the number of rows by label in each, and the rejected rows by reason."""
    preparation = Preparation(settings, prompter)
    most = settings.data.shard_bytes
    examples = (prompter.translation(row) for row, times in preparation.training_rows() for _ in range(times))
    return {
        "shards": shards.write(settings.shards, examples, most),
        "prompts": shards.write(settings.prompts, _rehearsal_prompts(preparation), most),
        "evaluation": shards.write(settings.evaluation, _evaluation_rows(preparation), most),
        "rejected": dict(preparation.rejected),
    }


def _rehearsal_prompts(preparation: Preparation) -> Iterator[shards.Example]:
    rehearsal = preparation.settings.rehearsal
    passages = build_passages(
        preparation.english_sources(), rehearsal.passages, rehearsal.sentences, preparation.settings.seed
    )
    for index, passage in enumerate(passages):
        yield preparation.prompter.summary(passage, index)
        yield preparation.prompter.summary(passage, index + 1)
        yield preparation.prompter.headline(passage, index)


def _evaluation_rows(preparation: Preparation) -> Iterator[shards.Example]:
    folder = Path(preparation.settings.data.evaluation)
    for path in sorted(folder.glob("*.tsv")):
        source, target = path.stem.rpartition(".")[2].split("-")
        for text, reference in corpus.read_pairs(path):
            yield preparation.prompter.translation(CorpusRow(source, target, path.stem, FLORES, text, reference))
    for number, row in preparation.supported_rows():
        if number in preparation.held_out:
            held_out = CorpusRow(row.source_language, row.target_language, row.set, HELD_OUT, row.source, row.target)
            yield preparation.prompter.translation(held_out)


def _held_out(entries: Sequence[Entry], count: int) -> frozenset[int]:
    """Returns the numbers of `count` human rows per direction: those whose English side has the smallest keys.

    Keys are as good as random numbers. A text that exists in several languages is held out in all of them, because
    its English side is the same; otherwise, each language would exclude different rows from the others.
    """
    by_direction: dict[str, dict[int, int]] = defaultdict(dict)
    for entry in entries:
        if entry.origin == HUMAN:
            english = entry.target if entry.direction.endswith("-en") else entry.source
            by_direction[entry.direction].setdefault(english, entry.number)
    return frozenset(
        number for rows in by_direction.values() for _, number in sorted(rows.items())[: min(count, len(rows) // 4)]
    )


def load_prompter(settings: TrainingSettings) -> Prompter:
    """Returns the card of the settings' model, with its chat template. Raises ModelNotFetched."""
    model_settings = ModelSettings()
    card = open_catalogue(model_settings)[settings.model]
    folder = Store(model_settings.home).source_folder(card, fetch=False)
    return Prompter(card, Tokenizer(folder, gguf=card.gguf).chat)


def main() -> None:
    """Prepares, and prints the counts."""
    settings = settings_from(argument_parser(__doc__).parse_args())
    for name, counts in prepare(settings, load_prompter(settings)).items():
        print(f"{name}: {sum(counts.values())} rows: {counts}")


if __name__ == "__main__":
    main()
