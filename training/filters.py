"""Which rows of the corpus are sound: lengths, scripts, languages, and no text that would rule a prompt."""

import re
from collections.abc import Iterator

from summarizer.languages import primary
from summarizer.reading.language import is_written_in
from summarizer.reading.scripts import scripts
from summarizer.reading.variants import scripts_of
from training.corpus import Row
from training.settings import Data

_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENSITY = 3
"""Letters of an alphabet that say as much as one of Chinese, Japanese or Korean."""

_RULING = re.compile(r"<\|\w+\|>|\x00")
_PLACEHOLDER = re.compile(r"#[A-Za-z]+\d+#")  # names that WMT 2022 hid: "#Product1#"
_ENDED = re.compile(r"[.!?…。！？।؟]['\"»”’)\]]*$")


def fault(row: Row, data: Data) -> str | None:
    """Why a row is left out, in one word, or None."""
    return next(_faults(row, data), None)


def _faults(row: Row, data: Data) -> Iterator[str]:
    sides = ((row.source_language, row.source), (row.target_language, row.target))
    short, long = sorted(size(text) for _, text in sides)
    if short < data.shortest or long > data.longest:
        yield "length"
    if long > data.ratio * short:
        yield "ratio"
    if any(_RULING.search(text) or _PLACEHOLDER.search(text) for _, text in sides):
        yield "markup"
    if row.source == row.target:
        yield "copy"
    if not all(is_in_script(language, text, data.script) for language, text in sides):
        yield "script"
    if _is_untranslated(row):
        yield "language"
    if _ENDED.search(row.source) and not _ENDED.search(row.target):
        yield "cut"


def size(text: str) -> int:
    """The length in letters of an alphabet."""
    return len(text) + (_DENSITY - 1) * len(_DENSE.findall(text))


def is_in_script(language: str, text: str, least: float) -> bool:
    """Whether at least this part of the letters are of the language's script."""
    found = scripts(text)
    own = scripts_of(primary(language))
    return sum(found[code] for code in own) >= least * max(found.total(), 1)


def _is_untranslated(row: Row) -> bool:
    """Whether the target plainly is in the source's language, or the source in the target's."""
    if scripts_of(row.source_language).isdisjoint(scripts_of(row.target_language)):
        return False
    swapped = (row.source_language, row.target), (row.target_language, row.source)
    proper = (row.target_language, row.target), (row.source_language, row.source)
    return any(
        is_written_in(*wrong) and not is_written_in(*right) for wrong, right in zip(swapped, proper, strict=True)
    )
