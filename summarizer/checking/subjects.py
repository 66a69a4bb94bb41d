"""Whose a number is: the words before it, and whom a noun stands for ("the Islamic State group", then "the group")."""

from dataclasses import dataclass

import regex

from summarizer.checking.facts import Fact, FactKind, facts
from summarizer.checking.facts.sound import folded

BESIDE = 3
"""Words from a name to the noun that later stands for it: "the Islamic State militant group", then "the group"."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’.][\p{L}\p{M}\p{Nd}]+)*")


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word and where it stands."""

    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        """The word in plain small letters."""
        return folded(self.text)

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """A number of a claim that one sentence of the article has, too; `article` is the whole text."""

    claim: str
    number: Fact
    sentence: str
    same: Fact
    article: str
    language: str

    @property
    def before(self) -> str:
        """The claim up to the number."""
        return self.claim[: self.number.span.start]

    @property
    def evidence_before(self) -> str:
        """The article's sentence up to the number."""
        return self.sentence[: self.same.span.start]

    def phrases(self, start: int, evidence_start: int) -> tuple[str, str]:
        """What both say, from these places on to the end of the number."""
        return self.claim[start : self.number.span.end], self.sentence[evidence_start : self.same.span.end]


def tokens(text: str) -> list[WordToken]:
    """The words of a text."""
    return [WordToken(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def stems(found: list[WordToken]) -> set[str]:
    """Words in plain small letters."""
    return {token.stem for token in found}


def adjacent_name_words(noun: str, article: str, language: str) -> set[str]:
    """The words of the names that stand beside a folded noun anywhere in the article."""
    found: set[str] = set()
    every = tokens(article)
    names = [fact.span for fact in facts(article, language) if fact.kind == FactKind.NAME]
    for at, token in enumerate(every):
        if token.stem == noun:
            near = [
                other for other in every[max(0, at - BESIDE) : at] if article[other.end : token.start].isprintable()
            ]
            found |= {one.stem for one in near if any(name.start <= one.start < name.end for name in names)}
    return found
