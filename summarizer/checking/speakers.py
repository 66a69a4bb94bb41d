"""Detects statements that a claim attributes to another speaker than the article does.

Speakers are names next to a verb of speaking, or after "according to", from the table of each language. A pronoun or a
title without a name is not a speaker, so "he said" is not compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import regex

from summarizer.checking.facts import FactKind, facts
from summarizer.checking.facts.held import FactIndex
from summarizer.checking.facts.quantities import mask
from summarizer.checking.facts.quotes import alphanumeric, quotes
from summarizer.checking.facts.sound import is_form
from summarizer.checking.facts.tables import any_of, is_known_spaced, phrases, table
from summarizer.checking.findings import Finding, FindingKind
from summarizer.checking.stems import stems
from summarizer.checking.subjects import tokens

MIN_SHARED_WORDS = 0.7
"""Share of the words of a statement that a sentence must contain to make the same statement."""

_CAPITAL = r"\p{Lu}[\p{L}\p{M}]*(?:['’.-]\p{L}[\p{L}\p{M}]*)*(?:(?<=\b\p{Lu})\.)?"
_LINK = r"(?:(?:al|bin|da|de|del|der|di|dos|du|la|of|van|von)\s)?"
_NAME = rf"(?:(?:M|Mme|Mr|Mrs|Ms|Sr|Sra|Dr)\.?\s)?(?P<name>{_CAPITAL}(?:\s{_LINK}{_CAPITAL})*)"
_AFTER_PREPOSITION = r"(?<!\b\p{Ll}{1,4}\s)"  # "a spokesman for Merkel said": not Merkel herself


@dataclass(frozen=True, slots=True)
class Speaker:
    """The folded words of a speaker's name, and the phrase that attributes the statement to them."""

    name: frozenset[str]
    phrase: str


def misattributed_statements(
    claim: str, evidence: Sequence[str], sentences: Sequence[str], article: FactIndex
) -> Iterator[Finding]:
    """Yields the first statement that the article attributes to another speaker.

    `sentences` are all sentences of the article in order; `evidence` are those that support the claim.
    """
    claimed = _speakers(_unquoted(claim), article)
    if len(claimed) != 1:
        return
    for sentence in _statements(claim, claimed[0], evidence, sentences, article.language):
        context = _unquoted(sentence)
        actual = _speakers(context, article)
        if actual and not _is_mentioned(claimed[0], context, article.language):
            message = f"The article says “{actual[0].phrase}” here, not “{claimed[0].phrase}”."
            yield Finding(FindingKind.ACTOR, claimed[0].phrase, actual[0].phrase, message)
            return


def _speakers(text: str, article: FactIndex) -> list[Speaker]:
    """The speakers in a text whose names the article mentions."""
    pattern = _speaker_pattern(article.language)
    if is_known_spaced(article.language):
        matches = ((match["name"], match.group()) for match in pattern.finditer(text)) if pattern else ()
        named = (
            (frozenset(filter(article.is_name_word, (one.stem for one in tokens(name)))), phrase)
            for name, phrase in matches
        )
    else:
        named = (
            (frozenset({fact.text}), fact.text + verb.group())
            for fact in facts(text, article.language)
            if fact.kind == FactKind.NAME and pattern and (verb := pattern.match(text, fact.span.end))
        )
    return list(dict.fromkeys(Speaker(name, phrase.strip()) for name, phrase in named if name))


def _statements(
    claim: str, speaker: Speaker, evidence: Sequence[str], sentences: Sequence[str], language: str
) -> Iterator[str]:
    """The sentences of the article that make the claim's statement: its quotations, or else most of its words."""
    if quoted := [fact.value for fact in quotes(claim)]:
        pieces = [piece for value in quoted if isinstance(value, tuple) for piece in value]
        pairs = (f"{one} {other}" for one, other in pairwise(sentences))
        single = [text for text in sentences if all(piece in alphanumeric(text) for piece in pieces)]
        yield from single or (text for text in pairs if all(piece in alphanumeric(text) for piece in pieces))
        return
    statement = stems(claim.replace(speaker.phrase, " "), language)
    least = MIN_SHARED_WORDS * len(statement)
    yield from (text for text in evidence if len(statement & stems(text, language)) >= least)


def _unquoted(text: str) -> str:
    for fact in quotes(text):
        text = mask(text, (fact.span.start, fact.span.end))
    return text


def _is_mentioned(speaker: Speaker, text: str, language: str) -> bool:
    """Whether the text contains any word of the name, or a form of it."""
    if not is_known_spaced(language):
        return any(name in text for name in speaker.name)
    return any(is_form(one, token.stem) for one in speaker.name for token in tokens(text))


@cache
def _speaker_pattern(language: str) -> "regex.Pattern[str] | None":
    """A name and a verb of speaking; only the verb in languages without spaces. None if the table has no verbs."""
    data = table(language).get("speech")
    if not data:
        return None
    verbs = any_of(phrases(data["verbs"]), language)
    if not is_known_spaced(language):
        return regex.compile(rf"(?:{data['between']})?{verbs}")
    first, by = (any_of(phrases(data.get(cell, "")), language) for cell in ("first", "by"))
    before = rf"{_AFTER_PREPOSITION}{_NAME}\s(?:(?i:{data.get('between', '(?!)')})\s)?(?i:{verbs}|{first})"
    behind = rf"(?i:{verbs}|{by})\s(?:{data.get('titled', '(?!)')})?{_NAME}"
    return regex.compile(f"{before}|{behind}")
