"""Builds passages of several English sentences on one subject, from a corpus without article boundaries."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

MIN_SENTENCES = 4
"""Minimum sentences of a passage."""

MAX_OCCURRENCES = 20
"""A name that occurs in more sentences of a set does not identify their subject."""

_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][A-Za-z'’-]{3,}")  # capitalized within a sentence


def build_passages(sets: Mapping[str, Sequence[str]], count: int, most: int, seed: int) -> list[str]:
    """Returns at most `count` passages of MIN_SENTENCES to `most` sentences, each sentence used at most once.

    `sets` maps each data set to its distinct sentences, which are about the events of one period. Each passage is a
    sentence and those of its set that share the most rare names with it, weighted by 1 / occurrences.
    """
    passages = [passage for sentences in sets.values() for passage in _passages_of_set(sentences, most, seed)]
    random.Random(seed).shuffle(passages)  # noqa: S311 - no secret
    return passages[:count]


def _passages_of_set(sentences: Sequence[str], most: int, seed: int) -> Iterator[str]:
    names = [set(_NAME.findall(sentence)) for sentence in sentences]
    occurrences: dict[str, list[int]] = defaultdict(list)
    for number, sentence_names in enumerate(names):
        for name in sorted(sentence_names):
            occurrences[name].append(number)
    rare = {name: places for name, places in occurrences.items() if 1 < len(places) <= MAX_OCCURRENCES}
    order = list(range(len(sentences)))
    random.Random(seed).shuffle(order)  # noqa: S311 - no secret
    used: set[int] = set()
    for first in order:
        if first in used:
            continue
        related = _related(names[first], rare, used | {first})[: most - 1]
        if len(related) + 1 >= MIN_SENTENCES:
            used.update([first, *related])
            yield " ".join(sentences[number] for number in [first, *related])


def _related(names: set[str], rare: Mapping[str, Sequence[int]], excluded: set[int]) -> list[int]:
    """Returns the sentences that share rare names, those with the highest weight first."""
    weights: Counter[int] = Counter()
    for name in sorted(names & rare.keys()):
        for number in rare[name]:
            if number not in excluded:
                weights[number] += 1 / len(rare[name])  # type: ignore[assignment]  # a counter of floats
    return [number for number, _ in weights.most_common()]
