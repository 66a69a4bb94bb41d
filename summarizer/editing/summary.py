"""Summaries in the target language."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from summarizer.article import Notice
from summarizer.checking.measure import words
from summarizer.editing.delivery import DeliveryEditor
from summarizer.editing.extractive import LEADING
from summarizer.editing.fallback import Draft, extractive_draft
from summarizer.editing.headline import extracted_headlines
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.editions import Summary, SummarySentence
from summarizer.errors import CannotFit, CannotSupport, NotTranslated
from summarizer.languages import canonical, closest, is_spaced
from summarizer.options import Style, SummaryOptions
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
        return self._translated_summary(target)

    def _translated_summary(self, target: str) -> Summary:
        """The first draft of which sentences can be delivered: of several lengths, and copied from the article."""
        editor = DeliveryEditor(self._session, self._story, target, self._options.strictness)
        is_headline = self._options.style == "headline"
        delivered: list[DraftSentence] = []
        for draft in self._drafts_to_translate():
            translate = editor.titles if is_headline else editor.sentences
            delivered = translate(draft.sentences) or delivered
            limit = 1 if is_headline else self._options.sentences
            if fitting := _fitting(delivered[:limit], target, self._options.words):
                for sentence in fitting:
                    self._session.watch.delta(sentence.text, target_language=target)
                return self._summary(target, draft, [_sentence(sentence) for sentence in fitting])
        if delivered:
            raise CannotFit(f"No summary in {target} fits {self._options.words} words.", "Raise `max_words`.")
        raise NotTranslated(f"No sentence could be translated into {target} so that the article supports it.")

    def _drafts_to_translate(self) -> Iterator[Draft]:
        """Yields drafts, each with shorter sentences than the last, and the article's sentences."""
        for share in WORD_SHARES:
            yield self._draft(max(int(self._options.words * share), MIN_WORDS), lambda _text: None)
        if self._options.strictness == "repair":
            yield self._article_draft()

    def _article_draft(self) -> Draft:
        """More sentences of the article than the summary needs, since some may not be translated well."""
        if self._options.style == "headline":
            return Draft(extracted_headlines(self._story, self._options))
        options = replace(self._options, max_sentences=LEADING, max_words=LEADING * self._options.words)
        return extractive_draft(self._story, self._story.language, options, lambda _text: None) or Draft(())

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

    def _summary(self, target: str, draft: Draft, sentences: list[SummarySentence]) -> Summary:
        return Summary(
            _layout(sentences, target, self._options.style),
            self._story.language,
            target,
            tuple(sentences),
            (*self._story.article.warnings, *self._notices(draft, sentences, target)),
            self._session.provenance(self._story.article.digest, task="summary", options=self._options),
        )

    def _notices(self, draft: Draft, sentences: list[SummarySentence], target: str) -> list[Notice]:
        """Warnings about how the summary was written."""
        notices = []
        extracted = sum(sentence.method == "extracted" for sentence in sentences)
        if extracted:
            which = "The last sentence was" if extracted == 1 else f"The last {extracted} sentences were"
            which = "All sentences were" if extracted == len(sentences) else which
            is_copy = closest(target, [self._story.language])
            how = "copied from the article." if is_copy else "translated from the article's sentences."
            notices.append(Notice("extracted", f"{which} {how}"))
        if draft.removed:
            reasons = dict.fromkeys(reason for sentence in draft.removed for reason in sentence.verdict.reasons)
            message = f"Unsupported or unsuitable sentences were left out. {' '.join(reasons)}"
            notices.append(Notice("left_out", message))
        if len(sentences) < min(len(draft.sentences), self._options.sentences):
            message = (
                "Sentences were left out because their translation is too long, or the article does not support it."
            )
            notices.append(Notice("shortened", message))
        return notices


def _sentence(sentence: DraftSentence) -> SummarySentence:
    checked = sentence.verdict.checked
    return SummarySentence(
        checked.text, checked.evidence, sentence.warnings, checked.support, checked.findings, sentence.method
    )


def _fitting(sentences: list[DraftSentence], language: str, max_words: int) -> list[DraftSentence]:
    """The first sentences that together have at most `max_words` words."""
    fitting: list[DraftSentence] = []
    for sentence in sentences:
        if words(" ".join(one.text for one in [*fitting, sentence]), language) > max_words:
            break
        fitting.append(sentence)
    return fitting


def _layout(sentences: list[SummarySentence], language: str, style: Style) -> str:
    if style == "bullets":
        return "\n".join(f"• {sentence.text}" for sentence in sentences)
    return (" " if is_spaced(language) else "").join(sentence.text for sentence in sentences)
