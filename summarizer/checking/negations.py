"""Compares the negations of a text and its translation."""

from functools import cache

import regex

from summarizer.checking.facts.tables import table
from summarizer.checking.findings import FindingKind
from summarizer.checking.hedges import hedges
from summarizer.languages import primary

INFLECTED = frozenset({"ja", "zh"})
"""Languages in which negations are also parts of other words: 不 in "different", ない in "must"."""

_IMPLIED = regex.compile(
    r"\b(?:un|in|im|ir|il|dis|non|mis)\p{L}{4,}"
    r"|\b(?:any|avoid|ban|bare|barely|but|den(?:y|ied)|despite|ever|except|fail|few|free|hardly|however|instead|lack|less"
    r"|little|lose|loss|lost|miss|neither|nor|only|other|prevent|rather|refus|scarcely|stop|than|too|unless|until|without"
    r"|yet|zero)\p{L}*|\b\p{L}+less\b",
    regex.IGNORECASE,
)
"""English words that other languages express by a negation, as "unable" or "only"."""


def negation_differs(source: str, target: str, source_language: str, target_language: str) -> bool:
    """Returns whether one of the texts has a negation and the other has none. One of them must be English.

    On 200 FLORES references per direction, it is true of at most 3 % of the lines.
    """
    languages = primary(source_language), primary(target_language)
    if "en" not in languages or languages[0] == languages[1] or not all(map(_has_table, languages)):
        return False
    english, other = (source, target) if languages[0] == "en" else (target, source)
    other_language = target_language if languages[0] == "en" else source_language
    has_negation, other_has = _is_negated(english, "en"), _is_negated(other, other_language)
    if has_negation or not other_has:
        return has_negation and not other_has
    return primary(other_language) not in INFLECTED and not _IMPLIED.search(english)


def _is_negated(text: str, language: str) -> bool:
    return any(hedge.kind == FindingKind.NEGATION for hedge in hedges(text, language))


@cache
def _has_table(language: str) -> bool:
    return FindingKind.NEGATION in table(language).get("words", {})
