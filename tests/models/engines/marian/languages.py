"""Sentences in twenty languages, of article 1 of the Universal Declaration of Human Rights and of its words."""

from pathlib import Path
from random import Random

TEXTS = dict(line.split("\t") for line in Path(__file__).with_suffix(".tsv").read_text("utf-8").splitlines())
"""Article 1, or its beginning, by language."""

ENDS = (".", "?", "!", " 🙂", " 1,234.56", " — “так”", "…", " ½ ﬁ", "", " #42")


def sentences(each: int = 10) -> list[str]:
    """So many sentences of each language: some words of its text in a random order, and an end of all kinds."""
    dice = Random(0)
    found: list[str] = []
    for text in TEXTS.values():
        is_spaced = " " in text[:20]
        words = text.split() if is_spaced else [text[at : at + 4] for at in range(0, len(text), 4)]
        several = (dice.sample(words, min(dice.randint(1, 8), len(words))) for _ in range(each))
        found += [(" " if is_spaced else "").join(some) + ENDS[at % len(ENDS)] for at, some in enumerate(several)]
    return found
