"""Detects future or planned events of the evidence that a claim states as past: "will intensify", "intensified".

The tables of languages whose verb forms distinguish the tenses have pairs of patterns for future and past.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from summarizer.checking.facts.tables import is_known_spaced, phrases, table
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.stems import stem, stems, tokens

CONTEXT = 3
"""Words on each side of a verb that are compared with the evidence."""

MIN_SHARED_CONTEXT = 0.5
"""Share of these words that the evidence must contain."""

_CELL = regex.compile(r"\{(\p{L}+)\}")


@dataclass(frozen=True, slots=True)
class _Row:
    """Patterns of a future with a group `stem`, and of the corresponding past, in which `~` stands for the stem."""

    future: regex.Pattern[str]
    past: str
    language: str

    def past_of(self, stem: str) -> regex.Pattern[str]:
        """Returns the pattern of the past of a verb."""
        return _compiled(self.past.replace("~", regex.escape(stem)), self.language)


def futures_stated_as_past(evidence: str, claim: str, article: str, language: str) -> Iterator[Finding]:
    """Yields futures of the evidence that the claim, but not the article, states as past; all in one language."""
    for row in _rows(language):
        if row.future.search(claim):
            continue
        for future in row.future.finditer(evidence, overlapped=True):
            past = row.past_of(future.groupdict().get("stem") or "")
            claimed = next(
                (match for match in past.finditer(claim) if _shares_context(match, evidence, language)), None
            )
            if claimed and not past.search(article):
                message = f"The article speaks of the future (“{future.group()}”), the text of the past."
                yield Finding(FindingKind.MODALITY, claimed.group(), future.group(), message)


def _shares_context(match: "regex.Match[str]", evidence: str, language: str) -> bool:
    """Whether the evidence contains the words around a verb."""
    words = list(tokens(match.string, language))
    before = [one for one in words if one.end() <= match.start()][-CONTEXT:]
    after = [one for one in words if one.start() >= match.end()][:CONTEXT]
    context = {stem(one.group()) for one in (*before, *after)}
    return len(context & stems(evidence, language)) >= MIN_SHARED_CONTEXT * len(context)


@cache
def _rows(language: str) -> tuple[_Row, ...]:
    data = table(language).get("future", {})
    rows = [row.split(" > ") for row in data.get("rows", ())]
    irregular = (pair.split(">") for pair in phrases(data.get("irregular", "")))
    rows += [[f"{{will}} {base}", f"{{apart}}(?:{past.replace('/', '|')})"] for base, past in irregular]
    verb = r"(?P<stem>[\p{L}\p{M}]{2,})" if is_known_spaced(language) else r"(?P<stem>\p{Han}{2})"
    filled = ([_filled(side, data) for side in row] for row in rows)
    return tuple(_Row(_compiled(future.replace("~", verb), language), past, language) for future, past in filled)


def _filled(pattern: str, data: dict[str, Any]) -> str:
    """Replaces names in braces with the cells of the table."""
    return str(_CELL.sub(lambda match: str(data[match[1]]), pattern))


def _compiled(pattern: str, language: str) -> regex.Pattern[str]:
    """A pattern of whole words, which may be separated by quotation marks too."""
    if not is_known_spaced(language):
        return regex.compile(pattern)
    body = pattern.replace(" ", r"[\s“”\"«»„]+")
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{body})(?![\p{{L}}\p{{M}}])", regex.IGNORECASE)
