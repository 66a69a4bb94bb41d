"""Summaries in the target language."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from summarizer.article import Notice
from summarizer.checking.measure import words
from summarizer.checking.translation_issues import numbers_differ
from summarizer.editing.fallback import Draft
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editions import Summary, SummarySentence
from summarizer.errors import CannotFit, CannotSupport
from summarizer.languages import canonical, closest, is_spaced
from summarizer.options import Style, SummaryOptions
from summarizer.translating.translate import TranslatedText
from summarizer.writing.summarise import MIN_WORDS

WORD_SHARES = (1.0, 0.6, 0.35)
"""Shares of the word limit for a summary that is translated: the translation may be longer than its source."""


class SummaryEditor:
    """Writes a story's summary once, in its language, and translates it; languages may be requested concurrently."""

    def __init__(self, session: Session, story: Story, options: SummaryOptions) -> None:
        self._session = session
        self._story = story
        self._options = options
        self._drafts: dict[int, Draft] = {}
        self._drafting = threading.Lock()

    def summary(self, target_language: str | None) -> Summary:
        """Returns the summary in one language, by default the story's. Raises CannotSupport and CannotFit."""
        target = canonical(target_language or self._story.language)
        if closest(target, [self._story.language]):
            draft = self._draft(self._options.words, self._session.watch.delta)
            return self._summary(target, draft, [_sentence(sentence) for sentence in draft.sentences])
        if self._options.style != "headline" and self._session.writes_directly(self._story.language, target):
            with suppress(CannotSupport):  # falls back to a translation
                return self._direct_summary(target)
        for share in WORD_SHARES:
            draft = self._draft(max(int(self._options.words * share), MIN_WORDS), lambda _text: None)
            sentences = self._translate(draft, target)
            if not sentences:
                raise CannotSupport(f"No sentence could be written in {target} that the article supports.")
            if fitting := _fitting(sentences, target, self._options.words):
                for sentence in fitting:
                    self._session.watch.delta(sentence.text, target_language=target)
                return self._summary(target, draft, fitting)
        raise CannotFit(f"No summary in {target} fits {self._options.words} words.", "Raise `max_words`.")

    def _direct_summary(self, target: str) -> Summary:
        """A summary that the model writes in the target language without translation."""

        def report(sentence: str) -> None:
            self._session.watch.delta(sentence, target_language=target)

        draft = self._session.draft(self._story, self._options, report, target)
        return self._summary(target, draft, [_sentence(sentence) for sentence in draft.sentences])

    def _draft(self, max_words: int, on_sentence: Callable[[str], None]) -> Draft:
        with self._drafting:
            if max_words not in self._drafts:
                options = replace(self._options, max_words=max_words)
                self._drafts[max_words] = self._session.draft(self._story, options, on_sentence)
                return self._drafts[max_words]
        for sentence in self._drafts[max_words].sentences:  # written for another language
            on_sentence(sentence.text)
        return self._drafts[max_words]

    def _translate(self, draft: Draft, target: str) -> list[SummarySentence]:
        """Translates a draft, and discards the sentences whose numbers changed."""
        source = self._story.language
        translations = self._session.translate([sentence.text for sentence in draft.sentences], source, target)
        return [
            _sentence(sentence, translation)
            for sentence, translation in zip(draft.sentences, translations, strict=True)
            if not numbers_differ(sentence.text, translation.text, source, target)
        ]

    def _summary(self, target: str, draft: Draft, sentences: list[SummarySentence]) -> Summary:
        return Summary(
            _layout(sentences, target, self._options.style),
            self._story.language,
            target,
            tuple(sentences),
            (*self._story.article.warnings, *_notices(draft, sentences)),
            self._session.provenance(self._story.article.digest, task="summary", options=self._options),
        )


def _sentence(sentence: DraftSentence, translation: TranslatedText | None = None) -> SummarySentence:
    checked = sentence.verdict.checked
    return SummarySentence(
        translation.text if translation else sentence.text,
        checked.evidence,
        translation.warnings if translation else (),
        checked.support,
        checked.findings,
        sentence.method,
    )


def _fitting(sentences: list[SummarySentence], language: str, max_words: int) -> list[SummarySentence]:
    """The first sentences that together have at most `max_words` words."""
    fitting: list[SummarySentence] = []
    for sentence in sentences:
        if words(" ".join(one.text for one in [*fitting, sentence]), language) > max_words:
            break
        fitting.append(sentence)
    return fitting


def _notices(draft: Draft, sentences: list[SummarySentence]) -> list[Notice]:
    """Warnings about how the summary was written."""
    notices = []
    extracted = sum(sentence.method == "extracted" for sentence in sentences)
    if extracted:
        last = "The last sentence was" if extracted == 1 else f"The last {extracted} sentences were"
        which = "All sentences were" if extracted == len(sentences) else last
        notices.append(Notice("extracted", f"{which} copied from the article."))
    if draft.removed:
        reasons = dict.fromkeys(reason for sentence in draft.removed for reason in sentence.verdict.reasons)
        notices.append(Notice("left_out", f"Unsupported or unsuitable sentences were left out. {' '.join(reasons)}"))
    if len(sentences) < len(draft.sentences):
        message = "Sentences were left out because their translation is too long or changes a number."
        notices.append(Notice("shortened", message))
    return notices


def _layout(sentences: list[SummarySentence], language: str, style: Style) -> str:
    if style == "bullets":
        return "\n".join(f"• {sentence.text}" for sentence in sentences)
    return (" " if is_spaced(language) else "").join(sentence.text for sentence in sentences)
