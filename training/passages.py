"""Passages of several English sentences about one matter, put together from a corpus whose articles were shuffled."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

FEWEST = 4
"""Sentences that a passage must have."""

RARE = 20
"""Sentences of a set that a name may stand in to say what they are about."""

_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][A-Za-z'’-]{3,}")  # in capitals within a sentence


def passages(sets: Mapping[str, Sequence[str]], count: int, most: int, seed: int) -> list[str]:
    """At most `count` passages of FEWEST to `most` sentences. A sentence stands in one passage at most.

    `sets` are distinct sentences by where they come from: sentences of one set share their week's events. Each passage
    is a sentence and those of its set that share the most rare names with it, a name weighing 1 / its sentences.
    """
    found = [passage for sentences in sets.values() for passage in _of_one(sentences, most, seed)]
    random.Random(seed).shuffle(found)  # noqa: S311 - no secret
    return found[:count]


def _of_one(sentences: Sequence[str], most: int, seed: int) -> Iterator[str]:
    names = [set(_NAME.findall(sentence)) for sentence in sentences]
    standing: dict[str, list[int]] = defaultdict(list)
    for number, here in enumerate(names):
        for name in sorted(here):
            standing[name].append(number)
    rare = {name: places for name, places in standing.items() if 1 < len(places) <= RARE}
    order = list(range(len(sentences)))
    random.Random(seed).shuffle(order)  # noqa: S311 - no secret
    used: set[int] = set()
    for first in order:
        if first in used:
            continue
        near = _near(names[first], rare, used | {first})[: most - 1]
        if len(near) + 1 >= FEWEST:
            used.update([first, *near])
            yield " ".join(sentences[number] for number in [first, *near])


def _near(names: set[str], rare: Mapping[str, Sequence[int]], but: set[int]) -> list[int]:
    """The sentences that share a rare name, those that share the most first."""
    weights: Counter[int] = Counter()
    for name in sorted(names & rare.keys()):
        for number in rare[name]:
            if number not in but:
                weights[number] += 1 / len(rare[name])  # type: ignore[assignment]  # a counter of floats
    return [number for number, _ in weights.most_common()]
