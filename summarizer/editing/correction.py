"""A corrected article: what changed, which editions say something that is no longer so, and those editions anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from summarizer.article import Article, Span
from summarizer.checking.facts.held import is_same_language
from summarizer.checking.overlap import overlap
from summarizer.editing.revision import SIMILAR, Change
from summarizer.editing.story import Story
from summarizer.editions import Edition, Provenance
from summarizer.options import Format


@dataclass(frozen=True, slots=True)
class PublishedSentence:
    """A sentence that was given out, and where the old version of the article says it, as its answer told."""

    text: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedEdition:
    """What was given out in one language: the passages of each format."""

    target_language: str
    passages: dict[Format, tuple[PublishedSentence, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AffectedFormat:
    """A format in one language that says something that changed, and the passages that do."""

    target_language: str
    format: Format
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What changed, what of the given editions it touches, and those editions written again."""

    source_language: str
    changes: tuple[Change, ...]
    affected: tuple[AffectedFormat, ...]
    editions: tuple[Edition, ...]
    provenance: Provenance


def affected_formats(
    given: Iterable[PublishedEdition], old: Article, new: Story, changes: tuple[Change, ...]
) -> Iterator[AffectedFormat]:
    """The formats of each language that a change touches.

    A translation holds every sentence, so any change but the title's touches it. Of a summary or a blurb, the passages
    whose evidence changed are touched, those that the new version does not hold though the old one did, and those in
    the article's language that say what the old title said.
    """
    touched = [change.old.span for change in changes if change.old and change.old.span]
    titles = [change.old.text for change in changes if change.is_title and change.old]
    is_text_touched = any(not change.is_title for change in changes)
    was = Story.of(old)
    for edition in given:
        for name, passages in edition.passages.items():
            hit = tuple(
                passage.text
                for passage in passages
                if (
                    is_text_touched
                    if name == "translation"
                    else _overlaps(passage.evidence, touched)
                    or _is_new_fault(passage.text, edition.target_language, was, new)
                    or (
                        is_same_language(edition.target_language, new.language)
                        and _tells(passage.text, titles, new.language)
                    )
                )
            )
            if hit:
                yield AffectedFormat(edition.target_language, name, hit)


def _tells(text: str, titles: Iterable[str], language: str) -> bool:
    return any(overlap(title, text, language) >= SIMILAR for title in titles)


def _overlaps(evidence: Iterable[Span], touched: list[Span]) -> bool:
    return any(one.start < other.end and other.start < one.end for one in evidence for other in touched)


def _is_new_fault(text: str, language: str, was: Story, now: Story) -> bool:
    before, after = (story.ground.check(text, language) for story in (was, now))
    known = {(finding.kind, finding.claim) for finding in before.findings}
    return any((finding.kind, finding.claim) not in known for finding in after.findings)
