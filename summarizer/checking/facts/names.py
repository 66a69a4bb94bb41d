"""Names of people, places and institutions, by the shape that each script gives them.

Scripts with capital letters: runs of capitalised words, less those that only begin a sentence. Others: the words
beside titles and verbs of speaking, from the language's table. Known places count everywhere.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import regex

from summarizer.article import Span
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.facts.places import places
from summarizer.checking.facts.sound import folded
from summarizer.checking.facts.tables import phrases, table
from summarizer.languages import primary


class Name(NamedTuple):
    """A name: its place's code where it is a known one, else its folded words."""

    place: str
    words: tuple[str, ...]


TITLE = 0.6
"""Share of capitalised words from which a text is a headline in Title Case, which tells no names."""

LONGEST = 400
"""Characters that no headline has."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’.][\p{L}\p{M}\p{Nd}]+)*")
_CASED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")
_CAPITAL = r"(?:\p{Lu}[\p{L}\p{M}\p{Nd}]*(?:['’.](?!\s)[\p{L}\p{M}\p{Nd}]+)*(?:[-‐‑]\p{Nd}+)?)"
_RUN = regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{Nd}}]){_CAPITAL}(?:(?:\s|-|‐|‑|(?<=\b\p{{Lu}})\.\s?){_CAPITAL})*")
_ROMAN = regex.compile(r"[IVX]{2,}")
_OPENS = regex.compile(r"(?:^|[.!?…:;|]|\n|(?:[–—]|\s-)\s|[•*])[\s\"“”„«»‘’'(\[¿¡–—-]*$")
_QUOTED = regex.compile(r"[\"“„«‘'(\[]$")
_CLITIC = regex.compile(r"^(?:[ldnsmtcLDNSMTC]|qu|Qu|dell|nell|all|dall|sull|un)['’]|['’](?:s|S|\p{Ll}{1,5})$")


def names(text: str, language: str) -> Iterator[Fact]:
    """The names of a text, in no order. What only may be one (a word that begins a sentence) is left out."""
    taken: set[int] = set()
    for code, span in places(text, language):
        taken.update(range(span.start, span.end))
        called = text[span.start : span.end]
        yield Fact(FactKind.NAME, Name(code, tuple(map(folded, parts(called)))), called, span)
    found = _by_case(text, language) if _CASED.search(text) else ()
    for span in (*found, *_by_title(text, language)):
        rest = [match for match in _WORD.finditer(text, span.start, span.end) if match.start() not in taken]
        if rest:  # of a place's name and another's beside it, the other's
            called = text[rest[0].start() : rest[-1].end()]
            yield Fact(FactKind.NAME, Name("", _folded(rest)), called, Span(rest[0].start(), rest[-1].end()))


def _folded(found: list[regex.Match[str]]) -> tuple[str, ...]:
    return tuple(filter(None, (folded(part) for match in found for part in parts(match.group()))))


def parts(text: str) -> list[str]:
    """A text's words without the elided articles before them and the endings behind an apostrophe."""
    found = _WORD.findall(text)
    return [_CLITIC.sub("", word) or word if "'" in word or "’" in word else word for word in found]


def _by_case(text: str, language: str) -> Iterator[Span]:
    if primary(language) != "de" and is_title_case(text):
        return
    for match in _RUN.finditer(text):
        span = Span(*match.span())
        tokens = [Span(token.start() + span.start, token.end() + span.start) for token in _WORD.finditer(match.group())]
        if _OPENS.search(text[max(0, span.start - 8) : span.start]) and not _is_acronym(text, tokens[0]):
            tokens = tokens[1:]
        tokens = [token for token in tokens if not _ROMAN.fullmatch(text, token.start, token.end)]
        if primary(language) == "de" and not _is_german_name(text, tokens):
            continue
        if tokens and (len(tokens) > 1 or tokens[0].end - tokens[0].start > 1):
            yield Span(tokens[0].start, tokens[-1].end)


def is_title_case(text: str) -> bool:
    """Whether a text of four words and more is written Like This Headline."""
    if len(text) > LONGEST:
        return False
    found = [word for word in _WORD.findall(text) if word[0].isalpha()]
    return len(found) > 3 and sum(word[0].isupper() for word in found) / len(found) > TITLE  # noqa: PLR2004


def _is_acronym(text: str, span: Span) -> bool:
    word = text[span.start : span.end].replace(".", "")
    return len(word) > 1 and sum(char.isupper() for char in word) > 1


def _is_german_name(text: str, tokens: list[Span]) -> bool:
    """All German nouns have capitals: names are two in a row, or have more than one capital letter."""
    return len(tokens) > 1 or (bool(tokens) and _is_acronym(text, tokens[0]))


def _by_title(text: str, language: str) -> Iterator[Span]:
    for pattern in _titles(language):
        for match in pattern.finditer(text):
            yield Span(*match.span("name"))


@cache
def _titles(language: str) -> tuple[regex.Pattern[str], ...]:
    """Patterns of names beside titles, in languages without capital letters."""
    data = table(language).get("names", {})
    before = "|".join(map(regex.escape, phrases(data.get("before", "")))) or r"(?!)"
    after = "|".join(map(regex.escape, phrases(data.get("after", "")))) or r"(?!)"
    tag = primary(language)
    if tag == "zh":
        given = rf"(?P<name>[{data['surnames']}]\p{{Han}}{{1,2}})"
        return (
            regex.compile(rf"(?:{before}){given}(?=[，。、,（(]|{after}|在|的|和|与)"),
            regex.compile(rf"(?<!\p{{Han}}|[，。])?{given}(?={after})"),
            regex.compile(r"(?P<name>\p{Han}{1,6}(?:·\p{Han}{1,6})+)"),
        )
    if tag == "ja":
        return (regex.compile(rf"(?P<name>\p{{Han}}{{2,4}}|[\p{{Katakana}}ー・]{{3,}})(?={after})"),)
    if tag == "ko":
        return (regex.compile(rf"(?<!\p{{Hangul}})(?P<name>\p{{Hangul}}{{2,4}})(?=\s?(?:{after}))"),)
    if tag == "ar":
        return (
            regex.compile(rf"(?<!\p{{L}})(?:{before})\s+(?P<name>[\p{{L}}\p{{M}}]{{3,}}\s+[\p{{L}}\p{{M}}]{{3,}})"),
        )
    if tag == "hi":
        given = r"(?P<name>[\p{L}\p{M}]+(?:\s+[\p{L}\p{M}]+){0,2}?)"
        return (regex.compile(rf"(?:{before})\s+{given}(?=\s+(?:ने|का|के|की|को|से)(?![\p{{L}}\p{{M}}]))"),)
    return ()
