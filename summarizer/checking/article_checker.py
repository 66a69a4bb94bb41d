"""An article as the ground that sentences about it stand on: their evidence, their support, and what it lacks."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from summarizer.article import Article, Span
from summarizer.checking.actors import changed_actors, misplaced_names
from summarizer.checking.cross_lingual import CrossLingualIndex
from summarizer.checking.evidence import SentenceIndex, monolingual_terms
from summarizer.checking.facts import Fact, facts
from summarizer.checking.facts.held import FactIndex, is_same_language
from summarizer.checking.facts.quantities import Quantity
from summarizer.checking.facts.quotes import alphanumeric
from summarizer.checking.facts.rounding import rounding
from summarizer.checking.facts.spoken import PhoneticText
from summarizer.checking.findings import UNSUPPORTED, CheckedSentence, Finding, FindingKind
from summarizer.checking.future import futures_stated_as_past
from summarizer.checking.hedges import dropped_hedges, dropped_limits, lost_hedges
from summarizer.checking.missing_names import missing_names
from summarizer.checking.speakers import misattributed_statements
from summarizer.checking.subjects import SharedNumber
from summarizer.reading import sentences

ALIKE = (0.5, 2.0)
"""How much shorter and longer a sentence's translation may be, in characters, to be taken for one as a whole."""


@dataclass(frozen=True, slots=True)
class ArticleSentence:
    """A sentence of the article and where it stands in its source."""

    text: str
    span: Span


class ArticleChecker:
    """An article's sentences and facts, made once for all that is checked against it. Needs no model."""

    def __init__(self, article: Article) -> None:
        self.language = article.language
        self._article = article
        self._passages = tuple(_passages(article))
        self._whole = {alphanumeric(passage.text): at for at, passage in reversed(list(enumerate(self._passages)))}

    def support(self, text: str, language: str | None = None) -> tuple[Span, ...]:
        """The spans of the one or two sentences that a text (by default in the article's language) rests on."""
        index, terms = self._terms(text, language or self.language)
        return tuple(self._passages[at].span for at in index.best(terms))

    def check(self, sentence: str, language: str, back: str | None = None) -> CheckedSentence:
        """A sentence in `language` against the article: its evidence, its support, and what is wrong with it.

        `back` is the sentence in the article's own language, as a model translated it, where the caller has it.

        Support is the share, by weight, of what the sentence says that its evidence says too. In the article's
        language that is every word, a rare one weighing more; in another, what is told apart from its language:
        numbers, dates, names, and words that look alike. A finding weighs as much as a word said once. A sentence of
        the article itself has 1, one that nothing ties to the article 0.
        """
        if (at := self._whole.get(alphanumeric(sentence))) is not None and self._is_same(language):
            return CheckedSentence(sentence, 1.0, (self._passages[at].span,), ())
        said, tongue = (sentence, language) if back is None or self._is_same(language) else (back, self.language)
        index, terms = self._terms(said, tongue)
        best = index.best(terms)
        evidence = [self._passages[at] for at in best]
        found = _once(
            [*self._unsupported(sentence, language, back), *self._stronger(sentence, language, evidence, back)]
        )
        spans = tuple(passage.span for passage in evidence)
        return CheckedSentence(sentence, index.share(terms, best, len(found)), spans, tuple(found))

    def _unsupported(self, sentence: str, language: str, back: str | None) -> Iterator[Finding]:
        """Facts that the article does not hold. Names and quotations may be found by the sentence's translation."""
        again = {kind for kind, _ in self._lacking(back, self.language)} if back else set()
        for kind, told in self._lacking(sentence, language):
            if back and not self._is_same(language) and kind not in again and kind in UNSUPPORTED - NUMERIC:
                continue
            yield Finding(kind, told, None, f"The article does not hold {told}.")

    def _lacking(self, text: str, language: str) -> Iterator[tuple[FindingKind, str]]:
        for fact in facts(text, language):
            if not self._held.holds(fact, language, rounding(text, fact.span, language)):
                yield FindingKind(fact.kind), fact.text
        said = PhoneticText(text, language)
        if not (self._is_same(language) or said.is_marked or self._spoken.is_marked):
            yield from ((FindingKind.NAME, name) for name in missing_names(said, self._spoken))

    def _stronger(
        self, sentence: str, language: str, evidence: list[ArticleSentence], back: str | None
    ) -> Iterator[Finding]:
        """Hedges of the evidence that the sentence lost, and what it says of another than the article does."""
        if self._is_same(language):
            for shared in self._shared(sentence, evidence):
                yield from changed_actors(shared)
            texts = [passage.text for passage in self._passages]
            yield from misattributed_statements(sentence, [passage.text for passage in evidence], texts, self._held)
        for passage in evidence:
            yield from dropped_limits(passage.text, self.language, sentence, language)
            if self._is_same(language):
                yield from dropped_hedges(passage.text, sentence, self.language)
                yield from futures_stated_as_past(passage.text, sentence, self._article.text, self.language)
                yield from misplaced_names(sentence, passage.text, self._held)
            elif back:
                gone = {finding.kind for finding in lost_hedges(passage.text, self.language, sentence, language)}
                yield from (one for one in dropped_hedges(passage.text, back, self.language) if one.kind in gone)
            elif len(evidence) == 1 and ALIKE[0] <= len(sentence) / len(passage.text) <= ALIKE[1]:
                yield from lost_hedges(passage.text, self.language, sentence, language)

    def _shared(self, sentence: str, evidence: list[ArticleSentence]) -> Iterator[SharedNumber]:
        """The sentence's numbers, each with the one passage that has it, or the one of its evidence."""
        for fact in facts(sentence, self.language):
            found = self._numbers.get(fact.value, ()) if isinstance(fact.value, Quantity) else ()
            near = [one for one in found if one[0] in evidence] if len(found) > 1 else found
            if len(near) == 1:
                passage, same = near[0]
                yield SharedNumber(sentence, fact, passage.text, same, self._article.text, self.language)

    @cached_property
    def _numbers(self) -> dict[Hashable, list[tuple[ArticleSentence, Fact]]]:
        """The article's numbers by their values, with where they stand."""
        found: dict[Hashable, list[tuple[ArticleSentence, Fact]]] = defaultdict(list)
        counted = [fact for fact in self._held.facts if isinstance(fact.value, Quantity)]
        text, end = self._article.text, 0
        for passage in self._passages:
            start = text.index(passage.text, end)
            end = start + len(passage.text)
            for fact in counted:
                if start <= fact.span.start and fact.span.end <= end:
                    here = Span(fact.span.start - start, fact.span.end - start)
                    found[fact.value].append((passage, replace(fact, span=here)))
        return found

    def _terms(self, text: str, language: str) -> tuple[SentenceIndex, frozenset[str]]:
        if self._is_same(language):
            return self._within, monolingual_terms(text, self.language)
        return self._across.terms(text, language)

    def _is_same(self, language: str) -> bool:
        return is_same_language(language, self.language)

    @cached_property
    def _held(self) -> FactIndex:
        return FactIndex(self._article.text, self.language, self._about)

    @cached_property
    def _spoken(self) -> PhoneticText:
        return PhoneticText(f"{self._article.text}\n{self._about}", self.language)

    @property
    def _about(self) -> str:
        article = self._article
        return "\n".join(filter(None, (article.title, article.byline, article.date)))

    @cached_property
    def _within(self) -> SentenceIndex:
        return SentenceIndex([monolingual_terms(passage.text, self.language) for passage in self._passages])

    @cached_property
    def _across(self) -> CrossLingualIndex:
        return CrossLingualIndex([passage.text for passage in self._passages], self.language)


NUMERIC = frozenset({FindingKind.NUMBER, FindingKind.DATE})
"""Facts that are read the same in every language."""


def _once(found: list[Finding]) -> list[Finding]:
    """The findings without those whose phrase is a part of another's of the kind."""
    return [
        one
        for at, one in enumerate(found)
        if not any(one.kind == other.kind and one.claim in other.claim for other in found[:at])
        and not any(one.kind == other.kind and one.claim != other.claim and one.claim in other.claim for other in found)
    ]


def _passages(article: Article) -> Iterator[ArticleSentence]:
    for paragraph in article.paragraphs:
        for sentence in sentences(paragraph.text, paragraph.language or article.language):
            start = paragraph.span.start + sentence.span.start
            yield ArticleSentence(sentence.text, Span(start, paragraph.span.start + sentence.span.end))
