"""Detects participle clauses with a wrong subject: "the allies struck, losing 40 percent" says that the allies lost it.

Only for languages whose table describes such clauses. The subject of a participle is the subject of its main clause; if
there is more than one clause ("the mayor said the group fell back, losing ..."), nothing is reported.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import regex

from summarizer.checking.facts.sound import folded, is_form
from summarizer.checking.facts.tables import any_of, phrases, table
from summarizer.checking.subjects import SharedNumber, WordToken, adjacent_name_words, tokens

NEAR = 3
"""Words, at most, between a verb and its number, and auxiliaries between a subject and its verb."""


def changed_participle_subjects(shared: SharedNumber) -> Iterator[tuple[str, str]]:
    """Yields a participle clause of the claim with its subject, and the statement of the evidence about another one."""
    data = table(shared.language).get("participles")
    if not data or (clause := _clause(shared.before, data)) is None:
        return
    subject = _subject(shared.claim[: clause.start()], shared.language)
    actor = _actor(shared.evidence_before, clause["stem"], data)
    if not subject or actor is None:
        return
    known = {actor.stem} if actor.is_capital else adjacent_name_words(actor.stem, shared.article, shared.language)
    if known and not _is_same_name(known, {one.stem for one in subject}):
        yield shared.phrases(subject[0].start, actor.start)


def _is_same_name(known: set[str], subject: set[str]) -> bool:
    """Whether a subject shares a word with a name, or forms of most: United States and Islamic State share only one."""
    forms = sum(any(is_form(one, other) for other in subject) for one in known)
    return bool(known & subject) or forms > len(known) / 2


def _clause(before: str, data: dict[str, Any]) -> "regex.Match[str] | None":
    """The participle that governs a number, from the text before the number."""
    openings = list(_opening(data["clause"]).finditer(before))
    between = before[openings[-1].end() :] if openings else ","
    return openings[-1] if not regex.search("[,;:.]", between) and len(between.split()) <= NEAR else None


def _subject(clause: str, language: str) -> list[WordToken]:
    """The names at the start of a main clause; none if it contains another clause."""
    data = table(language)
    other = any_of([*phrases(data["participles"]["inner"]), *phrases(data["words"]["attribution"])], language)
    words = tokens(clause)
    if not words or regex.search(other, clause, regex.IGNORECASE):
        return []
    joined = set(phrases(data["participles"]["joined"]))
    end = next((at for at, word in enumerate(words) if not word.is_capital and word.text not in joined), len(words))
    first = 1 if words[0].text.lower() in joined else 0
    return [word for word in words[first:end] if word.is_capital]


def _actor(before: str, base: str, data: dict[str, Any]) -> WordToken | None:
    """The subject of the verb before the number in the evidence, if it is the verb of the participle."""
    words = tokens(before)
    auxiliaries = set(phrases(data["helping"]))
    for at in range(len(words) - 1, max(-1, len(words) - 1 - NEAR), -1):
        if _is_verb_form(base, words[at].stem, data):
            rest = [word for word in words[:at] if word.text.lower() not in auxiliaries]
            return rest[-1] if rest and words[at].start - rest[-1].end < _GAP else None
    return None


_GAP = 24
"""Characters, at most, between a subject and its verb, for auxiliaries."""


def _is_verb_form(base: str, verb: str, data: dict[str, Any]) -> bool:
    """Whether a folded word is a form of the verb with this participle stem: `losing`, `lost`."""
    root = folded(base)
    root = root[:-1] if root[-1:] == root[-2:-1] else root
    forms = [pair.split(">") for pair in phrases(data.get("irregular", ""))]
    irregular = any(verb in past.split("/") and root in {verb_base, verb_base.rstrip("e")} for verb_base, past in forms)
    return irregular or (len(root) >= NEAR and verb.startswith(root))


@cache
def _opening(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern, regex.IGNORECASE)
