"""An article as the ground that sentences about it stand on: their evidence, their support, and what it lacks."""

import math
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

import regex

from summarizer.article import Article, Span
from summarizer.checking.facts import facts
from summarizer.checking.findings import Checked, Finding, FindingKind
from summarizer.languages import is_spaced
from summarizer.reading import sentences

ENOUGH = 0.3
"""Share of a sentence's weight that an article's sentence must hold to count as its support."""

MORE = 0.2
"""Share that a second sentence must add."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
_STEM = 6
"""Letters of a word that count: endings change between a text and its summary."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An article's sentences with the terms of each, made once for all that is checked against it."""

    spans: tuple[Span, ...]
    terms: tuple[frozenset[str], ...]
    weights: dict[str, float]
    spaced: bool
    facts: frozenset[Hashable]

    @classmethod
    def of(cls, article: Article) -> "Ground":
        """The sentences of an article's paragraphs; spans count in the article's source."""
        spaced = article.language == "und" or is_spaced(article.language)
        spans, terms = [], []
        for paragraph in article.paragraphs:
            for sentence in sentences(paragraph.text, paragraph.language or article.language):
                spans.append(Span(paragraph.span.start + sentence.span.start, paragraph.span.start + sentence.span.end))
                terms.append(_terms(sentence.text, spaced=spaced))
        seen = Counter(term for sentence in terms for term in sentence)
        weights = {term: math.log(1 + len(terms) / count) for term, count in seen.items()}
        held = facts(f"{article.title or ''}\n{article.text}", article.language)
        return cls(tuple(spans), tuple(terms), weights, spaced, frozenset(fact.value for fact in held))

    def check(self, sentence: str, language: str, back: str | None = None) -> Checked:
        """A sentence in `language` against the article: its evidence, its support, and what is wrong with it.

        `back` is the sentence in the article's own language, as a model translated it, where the caller has it.
        """
        evidence = self.support(back or sentence)
        said = facts(sentence, language)
        missing = tuple(
            Finding(FindingKind(fact.kind), fact.text, None, f"The article does not hold {fact.text}.")
            for fact in said
            if fact.value not in self.facts
        )
        wanted = _terms(back or sentence, spaced=self.spaced)
        whole = sum(self._weight(term) for term in wanted)
        held = {term for span, terms in zip(self.spans, self.terms, strict=True) if span in evidence for term in terms}
        share = sum(self._weight(term) for term in wanted & held) / whole if whole else 0.0
        return Checked(sentence, share / (1 + len(missing)), evidence, missing)

    def support(self, text: str) -> tuple[Span, ...]:
        """The spans of the one or two sentences that hold most of `text`'s terms, in the article's order."""
        wanted = _terms(text, spaced=self.spaced)
        whole = sum(self._weight(term) for term in wanted)
        found: list[int] = []
        left = wanted
        for least in (ENOUGH, MORE):
            shares = [sum(self._weight(term) for term in left & terms) for terms in self.terms]
            best = max(range(len(shares)), key=shares.__getitem__, default=None)
            if best is None or not whole or shares[best] / whole < least:
                break
            found.append(best)
            left -= self.terms[best]
        return tuple(self.spans[index] for index in sorted(found))

    def _weight(self, term: str) -> float:
        # A term the article never uses weighs as much as one it uses once: it is missing support.
        return self.weights.get(term, math.log(1 + len(self.terms)))


def _terms(text: str, *, spaced: bool) -> frozenset[str]:
    words = _WORD.findall(text.casefold())
    if spaced:
        return frozenset(word[:_STEM] for word in words if len(word) > 2 or word.isdigit())  # noqa: PLR2004 - "of", "de"
    return frozenset(word[at : at + 2] for word in words for at in range(max(len(word) - 1, 1)))
