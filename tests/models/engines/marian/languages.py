"""Sentences in twenty languages, made from article 1 of the Universal Declaration of Human Rights."""

from pathlib import Path
from random import Random

TEXTS = dict(line.split("\t") for line in Path(__file__).with_suffix(".tsv").read_text("utf-8").splitlines())
"""Article 1 or its beginning, by language."""

ENDS = (".", "?", "!", " 🙂", " 1,234.56", " — “так”", "…", " ½ ﬁ", "", " #42")


def sentences(each: int = 10) -> list[str]:
    """Returns `each` sentences per language: random words of its text, followed by one of ENDS."""
    random = Random(0)
    result: list[str] = []
    for text in TEXTS.values():
        is_spaced = " " in text[:20]
        words = text.split() if is_spaced else [text[at : at + 4] for at in range(0, len(text), 4)]
        samples = (random.sample(words, min(random.randint(1, 8), len(words))) for _ in range(each))
        result += [(" " if is_spaced else "").join(some) + ENDS[at % len(ENDS)] for at, some in enumerate(samples)]
    return result
