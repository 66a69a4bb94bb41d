"""What the evidence says will be, or is planned, and a claim says has been: "will intensify", "intensified".

By rows of patterns for a verb's future and its past, in the table of each language where endings tell them apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from summarizer.checking.facts.tables import is_known_spaced, phrases, table
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.stems import stem, stems, tokens

ROUND = 3
"""Words on each side of a verb that tell whether it is said of the same."""

KEPT = 0.5
"""Share of them that stand in the evidence when it is."""

_CELL = regex.compile(r"\{(\p{L}+)\}")


@dataclass(frozen=True, slots=True)
class _Row:
    """A future with a group `stem`, and the past of it, in which `~` is that stem; both are patterns."""

    future: regex.Pattern[str]
    past: str
    language: str

    def done(self, verb: str) -> regex.Pattern[str]:
        """The past of a verb by its stem."""
        return _compiled(self.past.replace("~", regex.escape(verb)), self.language)


def futures_stated_as_past(evidence: str, claim: str, article: str, language: str) -> Iterator[Finding]:
    """Futures of the evidence that the claim tells as past, where nothing in the article does; all in one language."""
    for row in _rows(language):
        if row.future.search(claim):
            continue
        for ahead in row.future.finditer(evidence, overlapped=True):
            past = row.done(ahead.groupdict().get("stem") or "")
            told = next((match for match in past.finditer(claim) if _is_of(match, evidence, language)), None)
            if told and not past.search(article):
                message = f"The article says “{ahead.group()}” of what is to come; “{told.group()}” says it is done."
                yield Finding(FindingKind.MODALITY, told.group(), ahead.group(), message)


def _is_of(match: "regex.Match[str]", evidence: str, language: str) -> bool:
    """Whether the words round a verb stand in the evidence."""
    found = list(tokens(match.string, language))
    before = [one for one in found if one.end() <= match.start()][-ROUND:]
    after = [one for one in found if one.start() >= match.end()][:ROUND]
    near = {stem(one.group()) for one in (*before, *after)}
    return len(near & stems(evidence, language)) >= KEPT * len(near)


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
    """A pattern with the table's cells in the places of their names in braces."""
    return str(_CELL.sub(lambda match: str(data[match[1]]), pattern))


def _compiled(pattern: str, language: str) -> regex.Pattern[str]:
    """A pattern of whole words; between two, quotation marks may stand."""
    if not is_known_spaced(language):
        return regex.compile(pattern)
    body = pattern.replace(" ", r"[\s“”\"«»„]+")
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{body})(?![\p{{L}}\p{{M}}])", regex.IGNORECASE)
