"""The subject of a number: the words before it, and names that a noun refers to ("the Islamic State group")."""

from dataclasses import dataclass

import regex

from summarizer.checking.facts import Fact, FactKind, facts
from summarizer.checking.facts.sound import folded

NEAR = 3
"""Words, at most, from a name to the noun that later refers to it: "the Islamic State militant group", "the group"."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+(?:['’.][\p{L}\p{M}\p{Nd}]+)*")


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word with its start and end in the text."""

    text: str
    start: int
    end: int

    @property
    def stem(self) -> str:
        """The word in lower-case ASCII letters."""
        return folded(self.text)

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """A number of a claim that also occurs in one sentence of the article; `article` is its whole text."""

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
        """Returns both texts from these offsets to the end of the number."""
        return self.claim[start : self.number.span.end], self.sentence[evidence_start : self.same.span.end]


def tokens(text: str) -> list[WordToken]:
    """Returns the words of a text."""
    return [WordToken(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def stems(words: list[WordToken]) -> set[str]:
    """Returns the folded words."""
    return {word.stem for word in words}


def adjacent_name_words(noun: str, article: str, language: str) -> set[str]:
    """Returns the folded words of the names shortly before a folded noun anywhere in the article."""
    result: set[str] = set()
    words = tokens(article)
    names = [fact.span for fact in facts(article, language) if fact.kind == FactKind.NAME]
    for at, word in enumerate(words):
        if word.stem == noun:
            near = [one for one in words[max(0, at - NEAR) : at] if article[one.end : word.start].isprintable()]
            result |= {one.stem for one in near if any(name.start <= one.start < name.end for name in names)}
    return result
