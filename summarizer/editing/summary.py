"""A summary in the language asked for."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from summarizer.article import Notice
from summarizer.checking.facts import compare
from summarizer.checking.findings import FindingKind
from summarizer.checking.measure import words
from summarizer.editing.fallback import Draft
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editions import Summary, SummarySentence
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import canonical, closest, is_spaced
from summarizer.options import Style, SummaryOptions
from summarizer.translating.translate import TranslatedText

LEAST = 5
"""Words under which no summary is asked for."""

WORD_SHARES = (1.0, 0.6, 0.35)
"""Parts of the word limit that the article's own language is given: a translation may be longer than its source."""


class SummaryEditor:
    """Writes a story's summary in its own language once, and puts it into each language, several at once."""

    def __init__(self, work: Session, story: Story, options: SummaryOptions) -> None:
        self._work = work
        self._story = story
        self._options = options
        self._drafts: dict[int, Draft] = {}
        self._drafting = threading.Lock()

    def summary(self, target_language: str | None) -> Summary:
        """The summary in one language, by default the story's. Raises CannotSupport and CannotFit."""
        target = canonical(target_language or self._story.language)
        if closest(target, [self._story.language]):
            draft = self._draft(self._options.words, self._work.watch.delta)
            return self._made(target, draft, [_sentence(claim) for claim in draft.claims])
        if self._options.style != "headline" and self._work.is_direct(self._story.language, target):
            with suppress(CannotSupport):  # else by way of the story's language
                return self._direct(target)
        for room in WORD_SHARES:
            draft = self._draft(max(int(self._options.words * room), LEAST), lambda _text: None)
            sentences = self._translated(draft, target)
            if not sentences:
                raise CannotSupport(f"No sentence could be written in {target} that keeps to the article.")
            if fitting := _fitting(sentences, target, self._options.words):
                for sentence in fitting:
                    self._work.watch.delta(sentence.text, target_language=target)
                return self._made(target, draft, fitting)
        raise CannotFit(f"No summary in {target} fits {self._options.words} words.", "Raise `max_words`.")

    def _direct(self, target: str) -> Summary:
        """The summary written in another language at once."""

        def tell(sentence: str) -> None:
            self._work.watch.delta(sentence, target_language=target)

        draft = self._work.draft(self._story, self._options, tell, target)
        return self._made(target, draft, [_sentence(claim) for claim in draft.claims])

    def _draft(self, most: int, on_sentence: Callable[[str], None]) -> Draft:
        with self._drafting:
            if most not in self._drafts:
                self._drafts[most] = self._work.draft(self._story, replace(self._options, max_words=most), on_sentence)
                return self._drafts[most]
        for claim in self._drafts[most].claims:  # it was written for another language
            on_sentence(claim.text)
        return self._drafts[most]

    def _translated(self, draft: Draft, target: str) -> list[SummarySentence]:
        """The draft in another language, without the sentences whose numbers changed on the way."""
        said = self._work.translated([claim.text for claim in draft.claims], self._story.language, target)
        return [
            _sentence(claim, text)
            for claim, text in zip(draft.claims, said, strict=True)
            if not numbers_differ(claim.text, self._story.language, text.text, target)
        ]

    def _made(self, target: str, draft: Draft, sentences: list[SummarySentence]) -> Summary:
        return Summary(
            _layout(sentences, target, self._options.style),
            self._story.language,
            target,
            tuple(sentences),
            (*self._story.article.warnings, *_notices(draft, sentences)),
            self._work.provenance(self._story.article.digest, task="summary", options=self._options),
        )


def numbers_differ(original: str, source: str, text: str, target: str) -> bool:
    """Whether a translation's numbers are other than its original's."""
    return any(finding.kind == FindingKind.NUMBER for finding in compare(original, source, text, target))


def _sentence(claim: DraftSentence, translated: TranslatedText | None = None) -> SummarySentence:
    checked = claim.verdict.checked
    return SummarySentence(
        translated.text if translated else claim.text,
        checked.evidence,
        translated.warnings if translated else (),
        checked.support,
        checked.findings,
        claim.method,
    )


def _fitting(sentences: list[SummarySentence], language: str, most: int) -> list[SummarySentence]:
    """The first sentences that have at most so many words together."""
    fitting: list[SummarySentence] = []
    for sentence in sentences:
        if words(" ".join(one.text for one in [*fitting, sentence]), language) > most:
            break
        fitting.append(sentence)
    return fitting


def _notices(draft: Draft, sentences: list[SummarySentence]) -> list[Notice]:
    """What the caller should know of how the sentences were come by."""
    notices = []
    own = sum(sentence.method == "extracted" for sentence in sentences)
    if own:
        which = "All sentences are" if own == len(sentences) else f"The last {own} are" if own > 1 else "The last is"
        notices.append(Notice("extracted", f"{which} the article's own, told better there than the model would."))
    if draft.left_out:
        reasons = dict.fromkeys(reason for claim in draft.left_out for reason in claim.verdict.reasons)
        notices.append(Notice("left_out", f"Sentences that did not hold were left out. {' '.join(reasons)}"))
    if len(sentences) < len(draft.claims):
        notices.append(Notice("shortened", "Not all sentences could be translated within the limits and truly."))
    return notices


def _layout(sentences: list[SummarySentence], language: str, style: Style) -> str:
    if style == "bullets":
        return "\n".join(f"• {sentence.text}" for sentence in sentences)
    return (" " if is_spaced(language) else "").join(sentence.text for sentence in sentences)
