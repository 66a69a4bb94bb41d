"""What changed between two versions of an article: its title, which sentences, and which facts in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from summarizer.article import Article, Span
from summarizer.checking.facts import Fact, FactKind, facts
from summarizer.checking.overlap import overlap
from summarizer.reading import sentences

SIMILAR = 0.5
"""Overlap from which a sentence is a new version of another."""


@dataclass(frozen=True, slots=True)
class VersionSentence:
    """A sentence or a title, and where it stands in the article as it was sent; None where it came beside the text."""

    text: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact as each version states it; None where a version does not."""

    kind: FactKind
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence, or the title, as it was and as it is, None where it was not or is no more; the facts that differ."""

    old: VersionSentence | None
    new: VersionSentence | None
    facts: tuple[ChangedFact, ...]
    is_title: bool = False


def compare_versions(old: Article, new: Article) -> tuple[Change, ...]:
    """The title where it differs, and the sentences that do, in the order of the new version.

    A sentence that only moved has not changed.
    """
    before, after = _version_sentences(old), _version_sentences(new)
    held = {_plain(place.text) for place in before} & {_plain(place.text) for place in after}
    matcher = SequenceMatcher(None, [_plain(one.text) for one in before], [_plain(one.text) for one in after], False)
    changes = list(_title_change(old, new))
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            gone = [place for place in before[i:j] if _plain(place.text) not in held]
            come = [place for place in after[k:m] if _plain(place.text) not in held]
            changes += [_change(one, other, old, new) for one, other in _pair_sentences(gone, come, new.language)]
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
    gone: Sequence[VersionSentence], come: Sequence[VersionSentence], language: str
) -> Iterator[tuple[VersionSentence | None, VersionSentence | None]]:
    """Each sentence with its other version, where there is one; those without a version to come after them last."""
    left = list(gone)
    for place in come:
        likeness = [overlap(one.text, place.text, language) for one in left]
        best = max(range(len(left)), key=likeness.__getitem__, default=None)
        yield (left.pop(best) if best is not None and likeness[best] >= SIMILAR else None), place
    for place in left:
        yield place, None


def _change(old: VersionSentence | None, new: VersionSentence | None, before: Article, after: Article) -> Change:
    was = facts(old.text, before.language) if old else ()
    now = facts(new.text, after.language) if new else ()
    return Change(old, new, tuple(_changed_facts(was, now)))


def _changed_facts(was: Sequence[Fact], now: Sequence[Fact]) -> Iterator[ChangedFact]:
    """Facts of one sentence that the other does not state, matched by kind and order."""
    kept = {fact.value for fact in was} & {fact.value for fact in now}
    gone = [fact for fact in was if fact.value not in kept]
    come = [fact for fact in now if fact.value not in kept]
    for fact in gone:
        other = next((one for one in come if one.kind == fact.kind), None)
        if other:
            come.remove(other)
        yield ChangedFact(fact.kind, fact.text, other.text if other else None)
    for fact in come:
        yield ChangedFact(fact.kind, None, fact.text)
