"""The changes between two versions of an article: its title, its sentences, and the facts in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from summarizer.article import Article, Span
from summarizer.checking.facts import Fact, FactKind, facts
from summarizer.checking.overlap import overlap
from summarizer.reading import sentences

SIMILAR = 0.5
"""Overlap from which a sentence is a version of another."""


@dataclass(frozen=True, slots=True)
class VersionSentence:
    """A sentence or a title, and its span in the article's source; None for a title that was sent separately."""

    text: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact as each version states it; None if a version does not mention it."""

    kind: FactKind
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence, or the title, in both versions, with the facts that differ; None if a version does not have it."""

    old: VersionSentence | None
    new: VersionSentence | None
    facts: tuple[ChangedFact, ...]
    is_title: bool = False


def compare_versions(old: Article, new: Article) -> tuple[Change, ...]:
    """Returns the changed title and the changed sentences, in the order of the new version.

    A sentence that only moved is unchanged.
    """
    before, after = _version_sentences(old), _version_sentences(new)
    unchanged = {_plain(one.text) for one in before} & {_plain(one.text) for one in after}
    matcher = SequenceMatcher(None, [_plain(one.text) for one in before], [_plain(one.text) for one in after], False)
    changes = list(_title_change(old, new))
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            removed = [one for one in before[i:j] if _plain(one.text) not in unchanged]
            added = [one for one in after[k:m] if _plain(one.text) not in unchanged]
            changes += [_change(one, other, old, new) for one, other in _pair_sentences(removed, added, new.language)]
    return tuple(changes)


def _title_change(old: Article, new: Article) -> Iterator[Change]:
    was, now = _title(old), _title(new)
    if _plain(was.text if was else "") != _plain(now.text if now else ""):
        yield replace(_change(was, now, old, new), is_title=True)


def _title(article: Article) -> VersionSentence | None:
    if not article.title:
        return None
    start = article.source.find(article.title)
    return VersionSentence(article.title, Span(start, start + len(article.title)) if start >= 0 else None)


def _version_sentences(article: Article) -> list[VersionSentence]:
    return [
        VersionSentence(
            " ".join(sentence.text.split()),
            Span(paragraph.span.start + sentence.span.start, paragraph.span.start + sentence.span.end),
        )
        for paragraph in article.paragraphs
        for sentence in sentences(paragraph.text, paragraph.language or article.language)
    ]


def _plain(text: str) -> str:
    return text.strip()


def _pair_sentences(
    removed: Sequence[VersionSentence], added: Sequence[VersionSentence], language: str
) -> Iterator[tuple[VersionSentence | None, VersionSentence | None]]:
    """Pairs each added sentence with the removed sentence that it replaces, if any; other removed ones come last."""
    remaining = list(removed)
    for sentence in added:
        overlaps = [overlap(one.text, sentence.text, language) for one in remaining]
        best = max(range(len(remaining)), key=overlaps.__getitem__, default=None)
        yield (remaining.pop(best) if best is not None and overlaps[best] >= SIMILAR else None), sentence
    for sentence in remaining:
        yield sentence, None


def _change(old: VersionSentence | None, new: VersionSentence | None, before: Article, after: Article) -> Change:
    was = facts(old.text, before.language) if old else ()
    now = facts(new.text, after.language) if new else ()
    return Change(old, new, tuple(_changed_facts(was, now)))


def _changed_facts(was: Sequence[Fact], now: Sequence[Fact]) -> Iterator[ChangedFact]:
    """Yields the facts that only one version states, matched by kind and order."""
    unchanged = {fact.value for fact in was} & {fact.value for fact in now}
    removed = [fact for fact in was if fact.value not in unchanged]
    added = [fact for fact in now if fact.value not in unchanged]
    for fact in removed:
        other = next((one for one in added if one.kind == fact.kind), None)
        if other:
            added.remove(other)
        yield ChangedFact(fact.kind, fact.text, other.text if other else None)
    for fact in added:
        yield ChangedFact(fact.kind, None, fact.text)
