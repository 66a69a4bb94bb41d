"""Checks sentences against an article: their evidence, their support, and statements it does not support."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from summarizer.article import Article, Span
from summarizer.checking.actors import changed_actors, misplaced_names
from summarizer.checking.correction_notes import without_correction_notes
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

LENGTH_RATIO = (0.5, 2.0)
"""The range of length ratios, in characters, in which a sentence may be the translation of a whole sentence."""

NUMERIC = frozenset({FindingKind.NUMBER, FindingKind.DATE})
"""Kinds of facts that are recognized equally well in every language."""


@dataclass(frozen=True, slots=True)
class ArticleSentence:
    """A sentence of the article and its span in the article's source."""

    text: str
    span: Span


class ArticleChecker:
    """Checks sentences against the sentences and facts of one article, which are computed once. Needs no model.

    Correction notes support nothing, since they repeat what they take back.
    """

    def __init__(self, article: Article) -> None:
        self.language = article.language
        self._article = without_correction_notes(article)
        self._sentences = tuple(_sentences(self._article))
        self._by_text = {alphanumeric(own.text): at for at, own in reversed(list(enumerate(self._sentences)))}

    def check(self, sentence: str, language: str, back_translation: str | None = None) -> CheckedSentence:
        """Returns the evidence and the support of a sentence in `language`, and findings about it.

        `back_translation` is a translation of the sentence into the language of the article, if the caller has one.

        Support is the weighted share of the terms of the sentence that its evidence contains. In the language of the
        article, terms are all words, weighted by rarity; in other languages they are numbers, dates, names and
        cognates. A finding weighs as much as a word that occurs once. A sentence of the article has support 1, an
        unrelated sentence 0.
        """
        is_same = self._is_same(language)
        if is_same and (at := self._by_text.get(alphanumeric(sentence))) is not None:
            return CheckedSentence(sentence, 1.0, (self._sentences[at].span,), ())
        translated = None if is_same else back_translation
        index, terms = self._terms(sentence, language) if translated is None else self._terms(translated, self.language)
        best = index.best(terms)
        evidence = [self._sentences[at] for at in best]
        findings = _without_duplicates(
            [
                *self._unsupported(sentence, language, translated),
                *self._stronger(sentence, language, evidence, translated),
            ]
        )
        spans = tuple(own.span for own in evidence)
        return CheckedSentence(sentence, index.share(terms, best, len(findings)), spans, tuple(findings))

    def _unsupported(self, sentence: str, language: str, back_translation: str | None) -> Iterator[Finding]:
        """Facts that the article does not mention; names and quotations only if the back-translation has some too."""
        confirmed = (
            {kind for kind, _ in self._unmentioned(back_translation, self.language)} if back_translation else set()
        )
        for kind, text in self._unmentioned(sentence, language):
            if back_translation and kind not in confirmed and kind in UNSUPPORTED - NUMERIC:
                continue
            yield Finding(kind, text, None, f"The article does not mention {text}.")

    def _unmentioned(self, text: str, language: str) -> Iterator[tuple[FindingKind, str]]:
        for fact in facts(text, language):
            if not self._facts.mentions(fact, language, rounding(text, fact.span, language)):
                yield FindingKind(fact.kind), fact.text
        phonetic = PhoneticText(text, language)
        if not (self._is_same(language) or phonetic.marks_foreign_names or self._phonetic.marks_foreign_names):
            yield from ((FindingKind.NAME, name) for name in missing_names(phonetic, self._phonetic))

    def _stronger(
        self, sentence: str, language: str, evidence: list[ArticleSentence], back_translation: str | None
    ) -> Iterator[Finding]:
        """Hedges of the evidence that the sentence drops, and statements that it assigns to somebody else."""
        if self._is_same(language):
            for number in self._shared_numbers(sentence, evidence):
                yield from changed_actors(number)
            texts = [own.text for own in self._sentences]
            yield from misattributed_statements(sentence, [own.text for own in evidence], texts, self._facts)
        for own in evidence:
            yield from dropped_limits(own.text, self.language, sentence, language)
            if self._is_same(language):
                yield from dropped_hedges(own.text, sentence, self.language)
                yield from futures_stated_as_past(own.text, sentence, self._article.text, self.language)
                yield from misplaced_names(sentence, own.text, self._facts)
            elif back_translation:
                lost = {finding.kind for finding in lost_hedges(own.text, self.language, sentence, language)}
                dropped = dropped_hedges(own.text, back_translation, self.language)
                yield from (finding for finding in dropped if finding.kind in lost)
            elif len(evidence) == 1 and LENGTH_RATIO[0] <= len(sentence) / len(own.text) <= LENGTH_RATIO[1]:
                yield from lost_hedges(own.text, self.language, sentence, language)

    def _shared_numbers(self, sentence: str, evidence: list[ArticleSentence]) -> Iterator[SharedNumber]:
        """The numbers of the sentence that only one sentence of the article, or of the evidence, contains."""
        for fact in facts(sentence, self.language):
            matches = self._numbers.get(fact.value, ()) if isinstance(fact.value, Quantity) else ()
            candidates = [one for one in matches if one[0] in evidence] if len(matches) > 1 else matches
            if len(candidates) == 1:
                own, same = candidates[0]
                yield SharedNumber(sentence, fact, own.text, same, self._article.text, self.language)

    @cached_property
    def _numbers(self) -> dict[Hashable, list[tuple[ArticleSentence, Fact]]]:
        """The numbers of the article by value, with the sentences that contain them."""
        numbers: dict[Hashable, list[tuple[ArticleSentence, Fact]]] = defaultdict(list)
        quantities = [fact for fact in self._facts.facts if isinstance(fact.value, Quantity)]
        text, end = self._article.text, 0
        for own in self._sentences:
            start = text.index(own.text, end)
            end = start + len(own.text)
            for fact in quantities:
                if start <= fact.span.start and fact.span.end <= end:
                    span = Span(fact.span.start - start, fact.span.end - start)
                    numbers[fact.value].append((own, replace(fact, span=span)))
        return numbers

    def _terms(self, text: str, language: str) -> tuple[SentenceIndex, frozenset[str]]:
        if self._is_same(language):
            return self._monolingual, monolingual_terms(text, self.language)
        return self._cross_lingual.terms(text, language)

    def _is_same(self, language: str) -> bool:
        return is_same_language(language, self.language)

    @cached_property
    def _facts(self) -> FactIndex:
        return FactIndex(self._article.text, self.language, self._metadata)

    @cached_property
    def _phonetic(self) -> PhoneticText:
        return PhoneticText(f"{self._article.text}\n{self._metadata}", self.language)

    @property
    def _metadata(self) -> str:
        article = self._article
        return "\n".join(filter(None, (article.title, article.byline, article.date)))

    @cached_property
    def _monolingual(self) -> SentenceIndex:
        return SentenceIndex([monolingual_terms(own.text, self.language) for own in self._sentences])

    @cached_property
    def _cross_lingual(self) -> CrossLingualIndex:
        return CrossLingualIndex([own.text for own in self._sentences], self.language)


def _without_duplicates(findings: list[Finding]) -> list[Finding]:
    """The findings without those whose phrase is part of the phrase of another finding of the same kind."""
    return [
        one
        for at, one in enumerate(findings)
        if not any(one.kind == other.kind and one.claim in other.claim for other in findings[:at])
        and not any(
            one.kind == other.kind and one.claim != other.claim and one.claim in other.claim for other in findings
        )
    ]


def _sentences(article: Article) -> Iterator[ArticleSentence]:
    for paragraph in article.paragraphs:
        for sentence in sentences(paragraph.text, paragraph.language or article.language):
            start = paragraph.span.start + sentence.span.start
            yield ArticleSentence(sentence.text, Span(start, paragraph.span.start + sentence.span.end))
