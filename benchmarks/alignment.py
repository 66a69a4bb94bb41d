"""Measures evidence across languages: whether it is the right sentence, and whether wrong names are reported.

    python -m benchmarks.alignment            the directions in docs/quality.md
    python -m benchmarks.alignment en-fr      other directions

Ten FLORES sentences form an article, and the reference translation of each is checked against it like a sentence of a
summary. The evidence is right if it contains the source sentence. A name finding in a reference is a false alarm; a
name swapped in from another article, as in benchmarks/references.py, should be reported. The data is the same as there.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.references import read_lines
from benchmarks.swapped import shared_names, with_swapped_name
from summarizer.checking.article_checker import ArticleChecker
from summarizer.checking.findings import CheckedSentence, FindingKind
from summarizer.reading import read

SENTENCES = 10
"""Sentences of an article."""

DIRECTIONS = (
    *("en-fr", "fr-en", "en-ru", "ru-en", "uk-en", "en-ar", "ar-en", "en-hi", "hi-en"),
    *("en-ja", "ja-en", "en-ko", "ko-en", "en-zh", "zh-en", "tr-en", "vi-en", "id-en"),
)


class Measurement(NamedTuple):
    """Whether the evidence is right, whether there is any, and whether names of a reference are reported.

    `is_swap_detected` is None if the reference has no name to swap.
    """

    is_right: bool
    has_evidence: bool
    is_false_alarm: bool
    is_swap_detected: bool | None


def measurements(direction: str) -> Iterator[Measurement]:
    """Yields a measurement for each sentence of a direction."""
    source, target = direction.split("-")
    rows, rng = read_lines(direction), random.Random(7)
    names = [shared_names(*row, (source, target)) for row in rows]
    others = sorted({name for own in names for name in own})
    for start in range(0, len(rows), SENTENCES):
        block = rows[start : start + SENTENCES]
        article = read(text="\n\n".join(row.source for row in block), source_language=source)
        checker = ArticleChecker(article)
        for row, own in zip(block, names[start:], strict=False):
            checked = checker.check(row.reference, target)
            texts = [article.source[span.start : span.end] for span in checked.evidence]
            whole = f"{article.source} {row.reference}".casefold()
            other = with_swapped_name(row.reference, own, others, whole, rng) if own else None
            is_detected = None if other is None else _has_name(checker.check(other, target))
            yield Measurement(any(text in row.source for text in texts), bool(texts), _has_name(checked), is_detected)


def _has_name(checked: CheckedSentence) -> bool:
    return any(finding.kind == FindingKind.NAME for finding in checked.findings)


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.1%}" if hits else "-"


def main() -> int:
    """Prints a row for each direction."""
    print("direction", "right sentence", "any evidence", "false name findings", "swapped names detected", sep=" | ")
    for direction in sys.argv[1:] or DIRECTIONS:
        columns = list(zip(*measurements(direction), strict=True))
        shares = (_share([value for value in column if value is not None]) for column in columns)
        print(direction, *shares, sep=" | ", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
