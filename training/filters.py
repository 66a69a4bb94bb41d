"""Filters of the corpus: lengths, scripts, languages, and special tokens in the text."""

import re
from collections.abc import Iterator

from summarizer.languages import primary
from summarizer.reading.language import is_written_in
from summarizer.reading.scripts import script_counts
from summarizer.reading.variants import scripts_of
from training.corpus import CorpusRow
from training.settings import DataSettings

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_LETTERS = 3
"""The number of alphabetic letters that one Chinese, Japanese or Korean character counts for."""

_SPECIAL_TOKENS = re.compile(r"<\|\w+\|>|\x00")
_PLACEHOLDER = re.compile(r"#[A-Za-z]+\d+#")  # names that WMT 2022 hid: "#Product1#"
_SENTENCE_END = re.compile(r"[.!?…。！？।؟]['\"»”’)\]]*$")


def rejection_reason(row: CorpusRow, data: DataSettings) -> str | None:
    """Returns why a row is rejected, in one word, or None."""
    return next(_reasons(row, data), None)


def _reasons(row: CorpusRow, data: DataSettings) -> Iterator[str]:
    sides = ((row.source_language, row.source), (row.target_language, row.target))
    short, long = sorted(letter_count(text) for _, text in sides)
    if short < data.shortest or long > data.longest:
        yield "length"
    if long > data.ratio * short:
        yield "ratio"
    if any(_SPECIAL_TOKENS.search(text) or _PLACEHOLDER.search(text) for _, text in sides):
        yield "markup"
    if row.source == row.target:
        yield "copy"
    if not all(is_in_script(language, text, data.script) for language, text in sides):
        yield "script"
    if _is_untranslated(row):
        yield "language"
    if _SENTENCE_END.search(row.source) and not _SENTENCE_END.search(row.target):
        yield "cut"


def letter_count(text: str) -> int:
    """Returns the length in alphabetic letters."""
    return len(text) + (_CJK_LETTERS - 1) * len(_CJK.findall(text))


def is_in_script(language: str, text: str, least: float) -> bool:
    """Returns whether at least the share `least` of the letters is in the language's script."""
    counts = script_counts(text)
    expected = scripts_of(primary(language))
    return sum(counts[code] for code in expected) >= least * max(counts.total(), 1)


def _is_untranslated(row: CorpusRow) -> bool:
    """Returns whether the target is clearly in the source's language, or the source in the target's."""
    if scripts_of(row.source_language).isdisjoint(scripts_of(row.target_language)):
        return False
    swapped = (row.source_language, row.target), (row.target_language, row.source)
    proper = (row.target_language, row.target), (row.source_language, row.source)
    return any(
        is_written_in(*wrong) and not is_written_in(*right) for wrong, right in zip(swapped, proper, strict=True)
    )
