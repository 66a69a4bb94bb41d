"""Corrections of an article: its changes, the published editions that they affect, and new versions of those."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from summarizer.article import Article, Span
from summarizer.checking.facts import Fact, facts
from summarizer.checking.facts.held import is_same_language
from summarizer.checking.facts.quantities import Quantity
from summarizer.checking.overlap import overlap
from summarizer.editing.revision import SIMILAR, Change
from summarizer.editing.story import Story
from summarizer.editions import Edition, Provenance
from summarizer.options import Format


@dataclass(frozen=True, slots=True)
class PublishedSentence:
    """A published sentence, and its evidence in the old version of the article."""

    text: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """What was published in one language: the sentences of each format."""

    target_language: str
    passages: dict[Format, tuple[PublishedSentence, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AffectedFormat:
    """A format in one language that states something that changed, and the sentences that do."""

    target_language: str
    format: Format
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """The changes, the affected formats of the published editions, and new editions of just those formats."""

    source_language: str
    changes: tuple[Change, ...]
    affected: tuple[AffectedFormat, ...]
    editions: tuple[Edition, ...]
    provenance: Provenance


def affected_formats(
    published: Iterable[PublishedEdition], old: Article, new: Story, changes: tuple[Change, ...]
) -> Iterator[AffectedFormat]:
    """Yields the formats of each language that the changes affect.

    A translation has every sentence, so any change except of the title affects it. Of a summary or a blurb, a sentence
    is affected if its evidence changed, if the new version supports it less than the old one, if it may state a fact
    that changed in its sentence, or if it is in the article's language and repeats the old title. Evidence that was not
    published is computed.
    """
    comparison = _Comparison(Story.of(old), new, changes)
    for edition in published:
        for name, sentences in edition.passages.items():
            passages = tuple(
                sentence.text
                for sentence in sentences
                if (
                    comparison.is_text_changed
                    if name == "translation"
                    else comparison.affects(sentence, edition.target_language)
                )
            )
            if passages:
                yield AffectedFormat(edition.target_language, name, passages)


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: Story
    new: Story
    changes: tuple[Change, ...]

    @property
    def is_text_changed(self) -> bool:
        return any(not change.is_title for change in self.changes)

    def affects(self, sentence: PublishedSentence, language: str) -> bool:
        evidence = sentence.evidence or self.old.checker.check(sentence.text, language).evidence
        is_same = is_same_language(language, self.new.language)
        return (
            self._changes_evidence(evidence)
            # In another language, evidence is less certain: several sentences may have the same number.
            or ((not is_same or not evidence) and self._states_changed_fact(sentence.text, language))
            or self._has_new_finding(sentence.text, language)
            or (is_same and self._repeats_old_title(sentence.text))
        )

    def _changes_evidence(self, evidence: Iterable[Span]) -> bool:
        changed = [change.old.span for change in self.changes if change.old and change.old.span]
        return any(one.start < other.end and other.start < one.end for one in evidence for other in changed)

    def _states_changed_fact(self, text: str, language: str) -> bool:
        stated = {_language_independent(fact) for fact in facts(text, language)}
        changed = {
            _language_independent(fact)
            for change in self.changes
            if change.old and change.new
            for fact in facts(change.old.text, self.old.language)
            if fact.value not in {other.value for other in facts(change.new.text, self.new.language)}
        }
        return not stated.isdisjoint(changed)

    def _has_new_finding(self, text: str, language: str) -> bool:
        before, after = (story.checker.check(text, language) for story in (self.old, self.new))
        known = {(finding.kind, finding.claim) for finding in before.findings}
        return any((finding.kind, finding.claim) not in known for finding in after.findings)

    def _repeats_old_title(self, text: str) -> bool:
        titles = [change.old.text for change in self.changes if change.is_title and change.old]
        return any(overlap(title, text, self.new.language) >= SIMILAR for title in titles)


def _language_independent(fact: Fact) -> Hashable:
    """A number without its unit, or the fact's value."""
    return fact.value.amount if isinstance(fact.value, Quantity) else fact.value
