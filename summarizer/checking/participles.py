"""Whose number a participle's is: "the allies struck, losing 40 percent" says that the allies lost it.

In the languages whose table tells how such a clause looks. A participle belongs to the subject of its main clause;
where that may be another clause's ("the mayor said the group fell back, losing ..."), nothing is told.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from summarizer.checking.facts.sound import folded, is_form
from summarizer.checking.facts.tables import any_of, phrases, table
from summarizer.checking.subjects import SharedNumber, WordToken, adjacent_name_words, tokens

NEAR = 3
"""Words between a verb and its number, and auxiliaries between a subject and its verb."""


def changed_participle_subjects(shared: SharedNumber) -> Iterator[tuple[str, str]]:
    """A number's participle clause in the claim with its subject, and what its evidence says with another."""
    data = table(shared.language).get("participles")
    if not data or (clause := _clause(shared.before, data)) is None:
        return
    subject = _subject(shared.claim[: clause.start()], shared.language)
    actor = _actor(shared.evidence_before, clause["stem"], data)
    if not subject or actor is None:
        return
    known = {actor.stem} if actor.is_capital else adjacent_name_words(actor.stem, shared.article, shared.language)
    if known and not _is_among(known, {one.stem for one in subject}):
        yield shared.phrases(subject[0].start, actor.start)


def _is_among(known: set[str], subject: set[str]) -> bool:
    """Whether a subject has a word of a name, or forms of most: the United States have one of Islamic State."""
    forms = sum(any(is_form(one, other) for other in subject) for one in known)
    return bool(known & subject) or forms > len(known) / 2


def _clause(before: str, data: dict[str, Any]) -> "regex.Match[str] | None":
    """The participle that a number hangs on, by what stands before it."""
    found = list(_opening(data["clause"]).finditer(before))
    between = before[found[-1].end() :] if found else ","
    return found[-1] if not regex.search("[,;:.]", between) and len(between.split()) <= NEAR else None


def _subject(clause: str, language: str) -> list[WordToken]:
    """The names that a main clause begins with; none where another clause begins within it."""
    data = table(language)
    other = any_of([*phrases(data["participles"]["inner"]), *phrases(data["words"]["attribution"])], language)
    found = tokens(clause)
    if not found or regex.search(other, clause, regex.IGNORECASE):
        return []
    joined = set(phrases(data["participles"]["joined"]))
    end = next((at for at, token in enumerate(found) if not token.is_capital and token.text not in joined), len(found))
    first = 1 if found[0].text.lower() in joined else 0
    return [token for token in found[first:end] if token.is_capital]


def _actor(before: str, base: str, data: dict[str, Any]) -> WordToken | None:
    """The word before the verb that the evidence has by the number, where it is the participle's verb."""
    found = tokens(before)
    helping = set(phrases(data["helping"]))
    for at in range(len(found) - 1, max(-1, len(found) - 1 - NEAR), -1):
        if _is_of(base, found[at].stem, data):
            rest = [token for token in found[:at] if token.text.lower() not in helping]
            return rest[-1] if rest and found[at].start - rest[-1].end < _GAP else None
    return None


_GAP = 24
"""Characters between a subject and its verb that auxiliaries take."""


def _is_of(base: str, verb: str, data: dict[str, Any]) -> bool:
    """Whether a folded word is a form of the verb whose participle has this base: `losing`, `lost`."""
    root = folded(base)
    root = root[:-1] if root[-1:] == root[-2:-1] else root
    forms = [pair.split(">") for pair in phrases(data.get("irregular", ""))]
    irregular = any(verb in past.split("/") and root in {verb_base, verb_base.rstrip("e")} for verb_base, past in forms)
    return irregular or (len(root) >= NEAR and verb.startswith(root))


@cache
def _opening(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.IGNORECASE)
