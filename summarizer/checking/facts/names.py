"""Finds names of people, places and institutions.

In scripts with capital letters, names are runs of capitalized words, except at the start of a sentence. In other
scripts, they are the words next to titles and verbs of speaking from the table of the language. Known places are found
in every script.
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
    """A name: the code of a known place, or "", and its folded words."""

    place: str
    words: tuple[str, ...]


TITLE_CASE = 0.6
"""Share of capitalized words from which a text is a headline in Title Case, whose capitals do not mark names."""

MAX_HEADLINE = 400
"""The longest headline in characters."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’.][\p{L}\p{M}\p{Nd}]+)*")
_CASED = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]")
_CAPITAL = r"(?:\p{Lu}[\p{L}\p{M}\p{Nd}]*(?:['’.](?!\s)[\p{L}\p{M}\p{Nd}]+)*(?:[-‐‑]\p{Nd}+)?)"
_RUN = regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{Nd}}]){_CAPITAL}(?:(?:\s|-|‐|‑|(?<=\b\p{{Lu}})\.\s?){_CAPITAL})*")
_ROMAN = regex.compile(r"[IVX]{2,}")
_OPENS = regex.compile(r"(?:^|[.!?…:;|]|\n|(?:[–—]|\s-)\s|[•*])[\s\"“”„«»‘’'(\[¿¡–—-]*$")
_QUOTED = regex.compile(r"[\"“„«‘'(\[]$")
_CLITIC = regex.compile(r"^(?:[ldnsmtcLDNSMTC]|qu|Qu|dell|nell|all|dall|sull|un)['’]|['’](?:s|S|\p{Ll}{1,5})$")


def names(text: str, language: str) -> Iterator[Fact]:
    """Yields the names of a text, unsorted. Uncertain names (the first word of a sentence) are left out."""
    in_places: set[int] = set()
    for code, span in places(text, language):
        in_places.update(range(span.start, span.end))
        name = text[span.start : span.end]
        yield Fact(FactKind.NAME, Name(code, tuple(map(folded, parts(name)))), name, span)
    by_case = _by_case(text, language) if _CASED.search(text) else ()
    for span in (*by_case, *_by_title(text, language)):
        rest = [match for match in _WORD.finditer(text, span.start, span.end) if match.start() not in in_places]
        if rest:  # a name next to a place, without the place
            name = text[rest[0].start() : rest[-1].end()]
            yield Fact(FactKind.NAME, Name("", _folded(rest)), name, Span(rest[0].start(), rest[-1].end()))


def _folded(words: list[regex.Match[str]]) -> tuple[str, ...]:
    return tuple(filter(None, (folded(part) for match in words for part in parts(match.group()))))


def parts(text: str) -> list[str]:
    """Returns the words of a text without elided articles and without endings after an apostrophe."""
    words = _WORD.findall(text)
    return [_CLITIC.sub("", word) or word if "'" in word or "’" in word else word for word in words]


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
    """Returns whether a text of at least four words is written Like This Headline."""
    if len(text) > MAX_HEADLINE:
        return False
    words = [word for word in _WORD.findall(text) if word[0].isalpha()]
    return len(words) > 3 and sum(word[0].isupper() for word in words) / len(words) > TITLE_CASE  # noqa: PLR2004


def _is_acronym(text: str, span: Span) -> bool:
    word = text[span.start : span.end].replace(".", "")
    return len(word) > 1 and sum(char.isupper() for char in word) > 1


def _is_german_name(text: str, tokens: list[Span]) -> bool:
    """All German nouns are capitalized; a name is two capitalized words in a row, or an acronym."""
    return len(tokens) > 1 or (bool(tokens) and _is_acronym(text, tokens[0]))


def _by_title(text: str, language: str) -> Iterator[Span]:
    for pattern in _titles(language):
        for match in pattern.finditer(text):
            yield Span(*match.span("name"))


@cache
def _titles(language: str) -> tuple[regex.Pattern[str], ...]:
    """Patterns of names next to titles, in languages without capital letters."""
    data = table(language).get("names", {})
    before = "|".join(map(regex.escape, phrases(data.get("before", "")))) or r"(?!)"
    after = "|".join(map(regex.escape, phrases(data.get("after", "")))) or r"(?!)"
    tag = primary(language)
    if tag == "zh":
        name = rf"(?P<name>[{data['surnames']}]\p{{Han}}{{1,2}})"
        return (
            regex.compile(rf"(?:{before}){name}(?=[，。、,（(]|{after}|在|的|和|与)"),
            regex.compile(rf"(?<!\p{{Han}}|[，。])?{name}(?={after})"),
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
        name = r"(?P<name>[\p{L}\p{M}]+(?:\s+[\p{L}\p{M}]+){0,2}?)"
        return (regex.compile(rf"(?:{before})\s+{name}(?=\s+(?:ने|का|के|की|को|से)(?![\p{{L}}\p{{M}}]))"),)
    return ()
