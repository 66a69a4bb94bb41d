"""Notifications of a story, one a language: lines that stand, in the language asked for, chosen to fit a screen."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from summarizer.checking.lengths import expected_length_ratio
from summarizer.editing.extractive import LEADING, self_contained
from summarizer.editing.judge import Judge, banned_phrases
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.summary import numbers_differ
from summarizer.editing.wording import CandidateLine, CandidateLines, LinePair, choose_wordings
from summarizer.editions import Blurb, Method
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import closest
from summarizer.options import BlurbOptions, Profile
from summarizer.reading import read
from summarizer.writing.blurb import BlurbLines
from summarizer.writing.summarise import article_sentences

TIGHT_SHARE = 0.6
"""Part of the limits that is aimed at when nothing fitted."""

OPENING_WORDS = 6
"""Words from which a line that begins as the article does is a copy."""

LENGTH_MARGIN = 1.15
"""How much longer than the mean a translation may be, for a line to be the only one that is translated."""

EXTRACTS = 3
"""Sentences of the article's own that stand in for what the model did not write."""


@dataclass(frozen=True, slots=True)
class BlurbDraft:
    """Titles and bodies that stand, in the article's language, the best first."""

    titles: tuple[DraftSentence, ...]
    bodies: tuple[DraftSentence, ...]


class BlurbEditor:
    """Writes the lines of a story once, and makes a notification of them in each language, several at once."""

    def __init__(self, work: Session, story: Story, options: BlurbOptions) -> None:
        self._work = work
        self._story = story
        self._options = options
        self._judge = Judge(story, options.strictness)
        self._stock = self._written(options.limits)
        self._tighter: BlurbDraft | None = None
        self._tightening = threading.Lock()

    def blurb(self, target: str) -> Blurb:
        """The notification in one language. Raises CannotFit where nothing in that language fits."""
        chosen = self._chosen(target)
        best = chosen[0]
        self._work.watch.delta(best.wording.body, target_language=target, title=best.wording.title)
        return Blurb(
            target,
            best.wording,
            tuple(other.wording for other in chosen[1:]),
            best.body.checked.evidence,
            best.body.warnings,
            best.body.checked.support,
            tuple(dict.fromkeys(best.title.checked.findings + best.body.checked.findings)),
            best.method,
        )

    def _chosen(self, target: str) -> tuple[LinePair, ...]:
        """The best that fits, whole or as its longest beginning that is a clause, of as few writings as it takes."""
        if self._options.alternatives == 1 and not closest(target, [self._story.language]):
            with suppress(CannotFit):
                return choose_wordings(self._offer(self._likely(target), target, single_attempt=True), self._options, target)
        offer = CandidateLines((), ())
        for more in self._offers(target):
            offer += more
            for shorten in (False, True):
                with suppress(CannotFit):
                    return choose_wordings(offer, self._options, target, shorten=shorten)
        return choose_wordings(offer, self._options, target, shorten=True, repeat=True)

    def _likely(self, target: str) -> BlurbDraft:
        """The one title and body that are worth most and likely to fit in another language. Raises CannotFit.

        Where no line is short enough they are beginnings: a translation of one ends better than one that is cut.
        """
        limits, longer = self._options.limits, LENGTH_MARGIN * expected_length_ratio(self._story.language, target)
        aim = replace(self._options, title_max=int(limits.title_max / longer), body_max=int(limits.body_max / longer))
        here = self._offer(self._stock, self._story.language)
        (best,) = choose_wordings(here, aim, self._story.language, shorten=True)
        title = DraftSentence(self._judge.line(best.title.text), best.title.method)
        body = DraftSentence(self._judge.alone(best.body.text), best.body.method)
        return BlurbDraft(*((claim,) if claim.verdict.standing != "refused" else () for claim in (title, body)))

    def _offers(self, target: str) -> Iterator[CandidateLines]:
        """Lines in a language, what costs least first.

        They are those without a fault as first translated; all as best translated; written again, shorter, without a
        fault as first translated; written shorter in that language; and the article's own.
        """
        yield self._offer(self._stock, target, single_attempt=True)
        if not closest(target, [self._story.language]):
            yield self._offer(self._stock, target)
        if self._options.strictness == "repair" and self._stock.titles and self._stock.bodies:
            with self._tightening:
                self._tighter = self._tighter or self._written(_tight(self._options.limits))
            known = self._offer(self._tighter, target, single_attempt=True)
            yield known
            yield self._again(known if known.bodies else self._offer(self._stock, target), target)
        if self._options.strictness != "refuse":
            yield self._offer(self._own, target)

    def _again(self, known: CandidateLines, target: str) -> CandidateLines:
        """Shorter lines about lines that stand, in their own language; their evidence is that of the lines."""
        text = "\n\n".join(line.text for line in known.bodies or known.titles)
        if not text or closest(target, [self._story.language]):
            return CandidateLines((), ())
        told = Story.of(read(text=text, source_language=target))
        said, judge = self._work.lines(told, _tight(self._options.limits)), Judge(told, self._options.strictness)
        base = next(iter((*known.bodies, *known.titles))).checked
        return CandidateLines(
            *(
                tuple(
                    CandidateLine(one, replace(base, text=one), "rewritten")
                    for one in texts
                    if judge.line(one).standing == "sound"
                )
                for texts in (said.titles, said.bodies)
            )
        )

    def _written(self, limits: Profile) -> BlurbDraft:
        """Lines that stand, those of a second writing among them where the first gave no title or no body."""
        lines = self._work.lines(self._story, limits)
        titles, bodies, refused = self._judged(lines, "written")
        if self._options.strictness == "refuse" and refused:
            raise CannotSupport(" ".join(reason for claim in refused for reason in claim.verdict.reasons))
        if self._options.strictness == "repair" and not (titles and bodies):
            again = self._work.lines(self._story, limits, banned_phrases([claim.verdict for claim in refused]))
            more_titles, more_bodies, _ = self._judged(again, "rewritten")
            titles, bodies = titles + more_titles, bodies + more_bodies
        return BlurbDraft(tuple(titles), tuple(bodies))

    @property
    def _own(self) -> BlurbDraft:
        """The article's title and first sentences."""
        first = article_sentences(self._story.article)
        told = self_contained(first, self._story.language) or first
        own = [DraftSentence(self._judge.alone(text), "extracted") for text in told[:LEADING]]
        standing = [claim for claim in own if claim.verdict.standing != "refused"] or own
        title = [DraftSentence(self._judge.line(text), "extracted") for text in [self._story.article.title] if text]
        return BlurbDraft((*title, *standing[:EXTRACTS]), tuple(standing[:EXTRACTS]))

    def _judged(
        self, lines: BlurbLines, method: Method
    ) -> tuple[list[DraftSentence], list[DraftSentence], list[DraftSentence]]:
        """The titles and the bodies that stand, and what does not."""
        titles = [DraftSentence(self._judge.line(text), method) for text in lines.titles]
        bodies = [DraftSentence(self._judge.alone(text), method) for text in lines.bodies]
        refused = [claim for claim in (*titles, *bodies) if claim.verdict.standing == "refused"]
        # A doubtful body comes behind the sound ones: it may stand where no other fits.
        bodies.sort(key=lambda claim: claim.verdict.standing == "doubtful")
        standing = [[claim for claim in claims if claim not in refused] for claims in (titles, bodies)]
        return standing[0], standing[1], refused

    def _offer(self, stock: BlurbDraft, target: str, *, single_attempt: bool = False) -> CandidateLines:
        """The lines in a language, without those whose numbers changed on the way, or, of one try, with any fault."""
        claims = [*stock.titles, *stock.bodies]
        said = self._work.translated([claim.text for claim in claims], self._story.language, target, single_attempt=single_attempt)
        opening = _opening(next(iter(article_sentences(self._story.article)), ""))
        lines = [
            None
            if (single_attempt and text.warnings) or numbers_differ(claim.text, self._story.language, text.text, target)
            else CandidateLine(
                text.text, claim.verdict.checked, claim.method, text.warnings, _opening(claim.text) == opening
            )
            for claim, text in zip(claims, said, strict=True)
        ]
        at = len(stock.titles)
        return CandidateLines(tuple(line for line in lines[:at] if line), tuple(line for line in lines[at:] if line))


def _tight(limits: Profile) -> Profile:
    return replace(limits, title_max=int(limits.title_max * TIGHT_SHARE), body_max=int(limits.body_max * TIGHT_SHARE))


def _opening(text: str) -> str:
    return " ".join(text.casefold().split()[:OPENING_WORDS])
