"""Who is told to have said something, and whether the article has another say it.

Speakers are names that stand right beside a verb of speaking, or behind "according to", from each language's table. A
"he said", or a speaker who is told by an office alone, is nobody's here: nothing is compared with it.
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

REPEATED = 0.7
"""Share of what a claim lets somebody say that stands in a sentence which says the same."""

_CAPITAL = r"\p{Lu}[\p{L}\p{M}]*(?:['’.-]\p{L}[\p{L}\p{M}]*)*(?:(?<=\b\p{Lu})\.)?"
_LINK = r"(?:(?:al|bin|da|de|del|der|di|dos|du|la|of|van|von)\s)?"
_NAME = rf"(?:(?:M|Mme|Mr|Mrs|Ms|Sr|Sra|Dr)\.?\s)?(?P<name>{_CAPITAL}(?:\s{_LINK}{_CAPITAL})*)"
_AFTER_PREPOSITION = r"(?<!\b\p{Ll}{1,4}\s)"  # "a spokesman for Merkel said": not she


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody's name in plain small letters, and the words that say that they spoke."""

    name: frozenset[str]
    phrase: str


def misattributed_statements(
    claim: str, evidence: Sequence[str], passages: Sequence[str], held: FactIndex
) -> Iterator[Finding]:
    """What a claim lets one say and the article another. `passages` are all its sentences, in order."""
    mine = _speakers(_unquoted(claim), held)
    if len(mine) != 1:
        return
    for passage in _sayings(claim, mine[0], evidence, passages, held.language):
        around = _unquoted(passage)
        theirs = _speakers(around, held)
        if theirs and not _is_in(mine[0], around, held.language):
            message = f"The article has “{theirs[0].phrase}” here, not “{mine[0].phrase}”."
            yield Finding(FindingKind.ACTOR, mine[0].phrase, theirs[0].phrase, message)
            return


def _speakers(text: str, held: FactIndex) -> list[Speaker]:
    """Those who speak in a text, by names that the article holds."""
    spoken = _spoken(held.language)
    if is_known_spaced(held.language):
        matches = ((match["name"], match.group()) for match in spoken.finditer(text)) if spoken else ()
        named = ((frozenset(filter(held.is_name, (one.stem for one in tokens(name)))), said) for name, said in matches)
    else:
        named = (
            (frozenset({fact.text}), fact.text + verb.group())
            for fact in facts(text, held.language)
            if fact.kind == FactKind.NAME and spoken and (verb := spoken.match(text, fact.span.end))
        )
    return list(dict.fromkeys(Speaker(name, said.strip()) for name, said in named if name))


def _sayings(
    claim: str, speaker: Speaker, evidence: Sequence[str], passages: Sequence[str], language: str
) -> Iterator[str]:
    """Where the article says what a claim lets a speaker say: its quotation, or else most of its words."""
    if quoted := [fact.value for fact in quotes(claim)]:
        pieces = [piece for value in quoted if isinstance(value, tuple) for piece in value]
        pairs = (f"{one} {other}" for one, other in pairwise(passages))
        whole = [text for text in passages if all(piece in alphanumeric(text) for piece in pieces)]
        yield from whole or (text for text in pairs if all(piece in alphanumeric(text) for piece in pieces))
        return
    said = stems(claim.replace(speaker.phrase, " "), language)
    yield from (text for text in evidence if len(said & stems(text, language)) >= REPEATED * len(said))


def _unquoted(text: str) -> str:
    for fact in quotes(text):
        text = mask(text, (fact.span.start, fact.span.end))
    return text


def _is_in(speaker: Speaker, text: str, language: str) -> bool:
    """Whether any word of the name, or a form of it, stands in the text."""
    if not is_known_spaced(language):
        return any(name in text for name in speaker.name)
    return any(is_form(one, token.stem) for one in speaker.name for token in tokens(text))


@cache
def _spoken(language: str) -> "regex.Pattern[str] | None":
    """A name that speaks; in languages without spaces, what follows it. None where the table has no verbs."""
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
