"""Notifications of a story: lines in each language that the article supports, selected to fit a screen."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from summarizer.article import Notice
from summarizer.checking.lengths import expected_length_ratio
from summarizer.editing.delivery import DeliveryEditor, Judging, is_doubtful
from summarizer.editing.extractive import LEADING, is_prose, self_contained
from summarizer.editing.judge import Judge, Verdict, banned_phrases
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editing.wording import CandidateLine, CandidateLines, LinePair, choose_wordings
from summarizer.editions import Blurb, Method
from summarizer.errors import CannotFit, CannotSupport, NotTranslated
from summarizer.languages import closest
from summarizer.options import BlurbOptions, Profile
from summarizer.reading import read
from summarizer.translating.translate import TranslatedText
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
            tuple(dict.fromkeys((*best.title.warnings, *best.body.warnings, *self._notices(best, target)))),
            best.body.checked.support,
            tuple(dict.fromkeys(best.title.checked.findings + best.body.checked.findings)),
            best.method,
        )

    def _notices(self, lines: LinePair, target: str) -> list[Notice]:
        """The warning about lines that no model wrote."""
        if lines.method != "extracted":
            return []
        how = "copied from" if closest(target, [self._story.language]) else "translated from a sentence of"
        return [Notice("extracted", f"The title or the body was {how} the article.")]

    def _choose(self, target: str) -> tuple[LinePair, ...]:
        """The best lines that fit, whole or cut at a clause, with as little writing and translation as possible.

        Raises CannotFit and NotTranslated.
        """
        if self._options.alternatives == 1 and not closest(target, [self._story.language]):
            with suppress(CannotFit):
                candidates = self._candidates(self._best_draft(target), target, single_attempt=True)
                return choose_wordings(candidates, self._options, target, self._delivery(target).judge)
        judge = self._delivery(target).judge
        candidates = CandidateLines((), ())
        for more in self._sources(target):
            candidates += more
            for shorten in (False, True):
                with suppress(CannotFit):
                    return choose_wordings(candidates, self._options, target, judge, shorten=shorten)
        if not ((candidates.titles and candidates.bodies) or closest(target, [self._story.language])):
            raise NotTranslated(
                f"No title or no body could be translated into {target} so that the article supports it."
            )
        return choose_wordings(candidates, self._options, target, judge, shorten=True, repeat=True)

    def _best_draft(self, target: str) -> BlurbDraft:
        """The best title and body whose translations are expected to fit. Raises CannotFit.

        Lines that are too long are cut before translation: a translated beginning ends better than a cut translation.
        """
        language, limits = self._story.language, self._options.limits
        growth = LENGTH_MARGIN * expected_length_ratio(language, target)
        options = replace(
            self._options, title_max=int(limits.title_max / growth), body_max=int(limits.body_max / growth)
        )
        candidates = self._candidates(self._draft, language)
        (best,) = choose_wordings(candidates, options, language, self._judge, shorten=True)
        title = DraftSentence(self._judge.title(best.title.text), best.title.method)
        body = DraftSentence(self._judge.first_sentence(best.body.text), best.body.method)
        return BlurbDraft(*((draft,) if draft.verdict.standing != "rejected" else () for draft in (title, body)))

    def _sources(self, target: str) -> Iterator[CandidateLines]:
        """Yields lines in a language, the cheapest first.

        These are the lines translated in a single attempt; the same with retries; other translations of them; shorter
        lines in a single attempt; shorter lines written in that language; and lines copied from the article.
        """
        yield self._candidates(self._draft, target, single_attempt=True)
        is_translated = not closest(target, [self._story.language])
        if is_translated:
            yield self._candidates(self._draft, target)
        if is_translated and self._options.strictness == "repair":
            yield self._other_translations(self._draft, target)
        if self._options.strictness == "repair" and self._draft.titles and self._draft.bodies:
            with self._drafting:
                self._tight_draft = self._tight_draft or self._write(_tight(self._options.limits))
            tight = self._candidates(self._tight_draft, target, single_attempt=True)
            yield tight
            yield self._rewrite(tight if tight.bodies else self._candidates(self._draft, target), target)
        if self._options.strictness != "refuse":
            yield self._candidates(self._extracts, target)

    def _rewrite(self, lines: CandidateLines, target: str) -> CandidateLines:
        """Shorter lines about translated lines, in their language, that these and the article support."""
        text = "\n\n".join(line.text for line in lines.bodies or lines.titles)
        if not text or closest(target, [self._story.language]):
            return CandidateLines((), ())
        story = Story.of(read(text=text, source_language=target))
        rewritten = self._session.blurb_lines(story, _tight(self._options.limits))
        own, delivered = Judge(story, self._options.strictness), self._delivery(target).judge

        def accepted(texts: Sequence[str], judging: Judging) -> tuple[CandidateLine, ...]:
            drafts = [DraftSentence(judging(text), "rewritten") for text in texts if _is_accepted(own.title(text))]
            return tuple(self._line(draft) for draft in drafts if _is_accepted(draft.verdict))

        return CandidateLines(
            accepted(rewritten.titles, delivered.title), accepted(rewritten.bodies, delivered.first_sentence)
        )

    def _write(self, limits: Profile) -> BlurbDraft:
        """Writes lines, a second time if the first yields no title or no body.

        They are copied from a table or a list, and from an article in a language that no model serves.
        """
        is_copied = self._options.strictness == "repair" and not is_prose(self._story.article)
        if is_copied or not self._session.serves(self._story.language):
            return self._extracts
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
        """The acceptable lines in a language: of a single attempt, those without any warning."""
        if closest(target, [self._story.language]):
            return CandidateLines(tuple(map(self._line, draft.titles)), tuple(map(self._line, draft.bodies)))
        sentences = [*draft.titles, *draft.bodies]
        texts = [sentence.text for sentence in sentences]
        translations = self._session.translate(texts, self._story.language, target, single_attempt=single_attempt)
        usable = [[] if single_attempt and translation.warnings else [translation] for translation in translations]
        return self._translated_lines(draft, usable, target)

    def _other_translations(self, draft: BlurbDraft, target: str) -> CandidateLines:
        """Other translations of the lines."""
        others = self._delivery(target).other_translations([*draft.titles, *draft.bodies])
        return self._translated_lines(draft, others, target)

    def _translated_lines(
        self, draft: BlurbDraft, translations: Sequence[Sequence[TranslatedText]], target: str
    ) -> CandidateLines:
        """The acceptable translations of each title and body; doubtful ones come last."""
        delivery, count = self._delivery(target), len(draft.titles)

        def lines(
            drafts: Sequence[DraftSentence], rows: Sequence[Sequence[TranslatedText]], judging: Judging
        ) -> tuple[CandidateLine, ...]:
            pairs = [
                (sentence, draft)
                for draft, row in zip(drafts, rows, strict=True)
                for translation in row
                if (sentence := delivery.judged(draft, translation, judging))
            ]
            return tuple(self._line(*pair) for pair in sorted(pairs, key=lambda pair: is_doubtful(pair[0])))

        titles = lines(draft.titles, translations[:count], delivery.judge.title)
        return CandidateLines(titles, lines(draft.bodies, translations[count:], delivery.judge.first_sentence))

    def _line(self, sentence: DraftSentence, original: DraftSentence | None = None) -> CandidateLine:
        opening = _opening(next(iter(article_sentences(self._story.article)), ""))
        copies_opening = _opening((original or sentence).text) == opening
        checked = sentence.verdict.checked
        return CandidateLine(checked.text, checked, sentence.method, sentence.warnings, copies_opening)

    def _delivery(self, target: str) -> DeliveryEditor:
        return DeliveryEditor(self._session, self._story, target, self._options.strictness)


def _is_accepted(verdict: Verdict) -> bool:
    return verdict.standing == "accepted"


def _tight(limits: Profile) -> Profile:
    return replace(limits, title_max=int(limits.title_max * TIGHT_SHARE), body_max=int(limits.body_max * TIGHT_SHARE))


def _opening(text: str) -> str:
    return " ".join(text.casefold().split()[:OPENING_WORDS])
