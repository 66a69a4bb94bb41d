"""Whether evidence across languages is the right sentence, and names that come from nowhere are found.

    python -m benchmarks.alignment            the directions that docs/quality.md speaks of
    python -m benchmarks.alignment en-fr      others

FLORES' sentences, ten to an article; the reference of each is held against its article as if it were a summary's. The
sentence is found when the evidence has it. A name found in a reference is a false alarm; one of another article's,
swapped in as in benchmarks/references.py, should be found. The sets are looked for where that looks.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.references import lines
from benchmarks.swapped import shared, swapped
from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.findings import CheckedSentence, FindingKind
from summarizer.reading import read

SENTENCES = 10
"""Sentences of an article."""

DIRECTIONS = (
    *("en-fr", "fr-en", "en-ru", "ru-en", "uk-en", "en-ar", "ar-en", "en-hi", "hi-en"),
    *("en-ja", "ja-en", "en-ko", "ko-en", "en-zh", "zh-en", "tr-en", "vi-en", "id-en"),
)


class Found(NamedTuple):
    """Whether evidence has the sentence, or any; and whether a name is found in a reference, and in a swapped one."""

    right: bool
    some: bool
    alarm: bool
    seen: bool | None


def found(direction: str) -> Iterator[Found]:
    """What is found for each sentence; `seen` is None where it has no name to swap."""
    source, target = direction.split("-")
    rows, chance = lines(direction), random.Random(7)
    names = [shared(*row, (source, target)) for row in rows]
    others = sorted({name for own in names for name in own})
    for start in range(0, len(rows), SENTENCES):
        block = rows[start : start + SENTENCES]
        article = read(text="\n\n".join(row.source for row in block), source_language=source)
        ground = ArticleChecker(article)
        for row, own in zip(block, names[start:], strict=False):
            checked = ground.check(row.reference, target)
            texts = [article.source[span.start : span.end] for span in checked.evidence]
            whole = f"{article.source} {row.reference}".casefold()
            other = swapped(row.reference, own, others, whole, chance) if own else None
            seen = None if other is None else _has_name(ground.check(other, target))
            yield Found(any(text in row.source for text in texts), bool(texts), _has_name(checked), seen)


def _has_name(checked: CheckedSentence) -> bool:
    return any(finding.kind == FindingKind.NAME for finding in checked.findings)


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.1%}" if hits else "-"


def main() -> int:
    """Prints a row a direction."""
    print("direction", "the right sentence", "any", "false alarms of names", "swapped names found", sep=" | ")
    for direction in sys.argv[1:] or DIRECTIONS:
        columns = list(zip(*found(direction), strict=True))
        shares = (_share([value for value in column if value is not None]) for column in columns)
        print(direction, *shares, sep=" | ", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
