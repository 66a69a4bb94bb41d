"""Whether evidence across languages is the right sentence.

    python -m benchmarks.alignment            the directions that docs/quality.md speaks of
    python -m benchmarks.alignment en-fr      others

FLORES' sentences, ten to an article; the reference of each is held against its article as if it were a summary's. The
sentence is found when the evidence has it. The sets are looked for where benchmarks/references.py looks.
"""

import sys
from collections.abc import Iterator

from benchmarks.references import lines
from summarizer.checking.ground import Ground
from summarizer.reading import read

SENTENCES = 10
"""Sentences of an article."""

DIRECTIONS = (
    *("en-fr", "fr-en", "en-ru", "ru-en", "en-ar", "ar-en", "en-hi", "hi-en"),
    *("en-ja", "ja-en", "en-ko", "ko-en", "en-zh", "zh-en"),
)


def found(direction: str) -> Iterator[tuple[bool, bool]]:
    """Of each sentence, whether its evidence has the one that it translates, and whether it has any."""
    source, target = direction.split("-")
    rows = lines(direction)
    for start in range(0, len(rows), SENTENCES):
        block = rows[start : start + SENTENCES]
        article = read(text="\n\n".join(row.source for row in block), source_language=source)
        ground = Ground.of(article)
        for row in block:
            texts = [article.source[span.start : span.end] for span in ground.support(row.reference, target)]
            yield any(text in row.source for text in texts), bool(texts)


def main() -> int:
    """Prints a row a direction."""
    print("direction", "the right sentence", "any", sep=" | ")
    for direction in sys.argv[1:] or DIRECTIONS:
        right, some = zip(*found(direction), strict=True)
        print(direction, f"{sum(right) / len(right):.1%}", f"{sum(some) / len(some):.1%}", sep=" | ", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
