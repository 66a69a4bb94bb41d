"""Notifications of a story: lines in each language that the article supports, selected to fit a screen."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from summarizer.checking.lengths import expected_length_ratio
from summarizer.checking.translation_issues import numbers_differ
from summarizer.editing.extractive import LEADING, self_contained
from summarizer.editing.judge import Judge, banned_phrases
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.wording import CandidateLine, CandidateLines, LinePair, choose_wordings
from summarizer.editions import Blurb, Method
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import closest
from summarizer.options import BlurbOptions, Profile
from summarizer.reading import read
from summarizer.writing.blurb import BlurbLines
from summarizer.writing.summarise import article_sentences

TIGHT_SHARE = 0.6
"""Share of the limits that a rewrite aims at when nothing fits."""

OPENING_WORDS = 6
"""Number of first words that a line must share with the article to be a copy of its opening."""

LENGTH_MARGIN = 1.15
"""How far a translation may exceed its expected length, when only one line is translated."""

EXTRACTS = 3
"""Maximum sentences that are copied from the article for a notification."""


@dataclass(frozen=True, slots=True)
class BlurbDraft:
    """Titles and bodies in the article's language that may be used, the best first."""

    titles: tuple[DraftSentence, ...]
    bodies: tuple[DraftSentence, ...]


class BlurbEditor:
    """Writes the lines of a story once, and notifications in each language; languages may be requested concurrently."""

    def __init__(self, session: Session, story: Story, options: BlurbOptions) -> None:
        self._session = session
        self._story = story
        self._options = options
        self._judge = Judge(story, options.strictness)
        self._draft = self._write(options.limits)
        self._tight_draft: BlurbDraft | None = None
        self._drafting = threading.Lock()

    def blurb(self, target: str) -> Blurb:
        """Returns the notification in one language. Raises CannotFit if nothing in that language fits."""
        best, *others = self._choose(target)
        self._session.watch.delta(best.wording.body, target_language=target, title=best.wording.title)
        return Blurb(
            target,
            best.wording,
            tuple(other.wording for other in others),
            best.body.checked.evidence,
            best.body.warnings,
            best.body.checked.support,
            tuple(dict.fromkeys(best.title.checked.findings + best.body.checked.findings)),
            best.method,
        )

    def _choose(self, target: str) -> tuple[LinePair, ...]:
        """The best lines that fit, whole or cut at a clause, with as little writing and translation as possible."""
        if self._options.alternatives == 1 and not closest(target, [self._story.language]):
            with suppress(CannotFit):
                candidates = self._candidates(self._best_draft(target), target, single_attempt=True)
                return choose_wordings(candidates, self._options, target)
        candidates = CandidateLines((), ())
        for more in self._sources(target):
            candidates += more
            for shorten in (False, True):
                with suppress(CannotFit):
                    return choose_wordings(candidates, self._options, target, shorten=shorten)
        return choose_wordings(candidates, self._options, target, shorten=True, repeat=True)

    def _best_draft(self, target: str) -> BlurbDraft:
        """The best title and body whose translations are expected to fit. Raises CannotFit.

        Lines that are too long are cut before translation: a translated beginning ends better than a cut translation.
        """
        language, limits = self._story.language, self._options.limits
        growth = LENGTH_MARGIN * expected_length_ratio(language, target)
        options = replace(
            self._options, title_max=int(limits.title_max / growth), body_max=int(limits.body_max / growth)
        )
        (best,) = choose_wordings(self._candidates(self._draft, language), options, language, shorten=True)
        title = DraftSentence(self._judge.title(best.title.text), best.title.method)
        body = DraftSentence(self._judge.first_sentence(best.body.text), best.body.method)
        return BlurbDraft(*((draft,) if draft.verdict.standing != "rejected" else () for draft in (title, body)))

    def _sources(self, target: str) -> Iterator[CandidateLines]:
        """Yields lines in a language, the cheapest first.

        These are the lines translated in a single attempt; the same with retries; shorter lines in a single attempt;
        shorter lines written in that language; and lines copied from the article.
        """
        yield self._candidates(self._draft, target, single_attempt=True)
        if not closest(target, [self._story.language]):
            yield self._candidates(self._draft, target)
        if self._options.strictness == "repair" and self._draft.titles and self._draft.bodies:
            with self._drafting:
                self._tight_draft = self._tight_draft or self._write(_tight(self._options.limits))
            tight = self._candidates(self._tight_draft, target, single_attempt=True)
            yield tight
            yield self._rewrite(tight if tight.bodies else self._candidates(self._draft, target), target)
        if self._options.strictness != "refuse":
            yield self._candidates(self._extracts, target)

    def _rewrite(self, lines: CandidateLines, target: str) -> CandidateLines:
        """Shorter lines about translated lines, in their language, with the evidence of those."""
        text = "\n\n".join(line.text for line in lines.bodies or lines.titles)
        if not text or closest(target, [self._story.language]):
            return CandidateLines((), ())
        story = Story.of(read(text=text, source_language=target))
        rewritten = self._session.blurb_lines(story, _tight(self._options.limits))
        judge = Judge(story, self._options.strictness)
        checked = next(iter((*lines.bodies, *lines.titles))).checked
        titles, bodies = (
            tuple(
                CandidateLine(text, replace(checked, text=text), "rewritten")
                for text in texts
                if judge.title(text).standing == "accepted"
            )
            for texts in (rewritten.titles, rewritten.bodies)
        )
        return CandidateLines(titles, bodies)

    def _write(self, limits: Profile) -> BlurbDraft:
        """Writes lines, a second time if the first yields no title or no body."""
        lines = self._session.blurb_lines(self._story, limits)
        titles, bodies, rejected = self._judge_lines(lines, "written")
        if self._options.strictness == "refuse" and rejected:
            raise CannotSupport(" ".join(reason for draft in rejected for reason in draft.verdict.reasons))
        if self._options.strictness == "repair" and not (titles and bodies):
            banned = banned_phrases([draft.verdict for draft in rejected])
            lines = self._session.blurb_lines(self._story, limits, banned)
            more_titles, more_bodies, _ = self._judge_lines(lines, "rewritten")
            titles, bodies = titles + more_titles, bodies + more_bodies
        return BlurbDraft(tuple(titles), tuple(bodies))

    @property
    def _extracts(self) -> BlurbDraft:
        """The article's title and first sentences."""
        sentences = article_sentences(self._story.article)
        sentences = self_contained(sentences, self._story.language) or sentences
        drafts = [DraftSentence(self._judge.first_sentence(text), "extracted") for text in sentences[:LEADING]]
        bodies = [draft for draft in drafts if draft.verdict.standing != "rejected"] or drafts
        titles = [DraftSentence(self._judge.title(text), "extracted") for text in [self._story.article.title] if text]
        return BlurbDraft((*titles, *bodies[:EXTRACTS]), tuple(bodies[:EXTRACTS]))

    def _judge_lines(
        self, lines: BlurbLines, method: Method
    ) -> tuple[list[DraftSentence], list[DraftSentence], list[DraftSentence]]:
        """The titles and the bodies that may be used, and the rejected lines."""
        titles = [DraftSentence(self._judge.title(text), method) for text in lines.titles]
        bodies = [DraftSentence(self._judge.first_sentence(text), method) for text in lines.bodies]
        rejected = [draft for draft in (*titles, *bodies) if draft.verdict.standing == "rejected"]
        # Doubtful bodies come last: they are used if no other fits.
        bodies.sort(key=lambda draft: draft.verdict.standing == "doubtful")
        titles, bodies = ([draft for draft in drafts if draft not in rejected] for drafts in (titles, bodies))
        return titles, bodies, rejected

    def _candidates(self, draft: BlurbDraft, target: str, *, single_attempt: bool = False) -> CandidateLines:
        """The lines in a language, without those whose numbers changed or, of a single attempt, with any warning."""
        sentences, source = [*draft.titles, *draft.bodies], self._story.language
        translations = self._session.translate(
            [sentence.text for sentence in sentences], source, target, single_attempt=single_attempt
        )
        opening = _opening(next(iter(article_sentences(self._story.article)), ""))
        lines = [
            None
            if (single_attempt and translation.warnings)
            or numbers_differ(sentence.text, translation.text, source, target)
            else CandidateLine(
                translation.text,
                sentence.verdict.checked,
                sentence.method,
                translation.warnings,
                _opening(sentence.text) == opening,
            )
            for sentence, translation in zip(sentences, translations, strict=True)
        ]
        titles, bodies = lines[: len(draft.titles)], lines[len(draft.titles) :]
        return CandidateLines(tuple(filter(None, titles)), tuple(filter(None, bodies)))


def _tight(limits: Profile) -> Profile:
    return replace(limits, title_max=int(limits.title_max * TIGHT_SHARE), body_max=int(limits.body_max * TIGHT_SHARE))


def _opening(text: str) -> str:
    return " ".join(text.casefold().split()[:OPENING_WORDS])
