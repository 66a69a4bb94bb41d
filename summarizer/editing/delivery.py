"""Translations of drafts, checked against the article as they are delivered.

A sentence whose translation the article does not support, or which is not a translation, is replaced by another
translation of it, or else left out.
"""

from collections.abc import Callable, Iterator, Sequence

from summarizer.editing.judge import Judge, Verdict
from summarizer.editing.selector import DraftSentence
from summarizer.editing.session import Session
from summarizer.editing.story import Story
from summarizer.options import Strictness
from summarizer.translating.translate import TranslatedText

REJECTED_WARNINGS = frozenset(
    {"untranslated", "wrong_language", "incomplete", "numbers_differ", "dates_differ", "negation_differs"}
)
"""Warnings about translations that state something else than their source, or are not in the target language."""

Judging = Callable[[str], Verdict]


class DeliveryEditor:
    """Translates the drafts of a story into one language, and judges the translations."""

    def __init__(self, session: Session, story: Story, target: str, strictness: Strictness) -> None:
        self.judge = Judge(story, strictness, target)
        self._session = session
        self._source, self._target = story.language, target
        self._strictness = strictness

    def sentences(self, drafts: Sequence[DraftSentence]) -> list[DraftSentence]:
        """Returns the acceptable translations, in order; a pronoun is not acceptable without its antecedent."""
        translated = self._translated(drafts, self.judge.sentence)
        return list(_with_antecedents(translated, self.judge))

    def titles(self, drafts: Sequence[DraftSentence]) -> list[DraftSentence]:
        """Returns the acceptable translations of titles, in order."""
        return list(filter(None, self._translated(drafts, self.judge.title)))

    def judged(self, draft: DraftSentence, translation: TranslatedText, judging: Judging) -> DraftSentence | None:
        """Returns a translation with the verdict on it; None if it is rejected."""
        rejected_warnings = {"numbers_differ"} if self._strictness == "report" else REJECTED_WARNINGS
        if any(warning.kind in rejected_warnings for warning in translation.warnings):
            return None
        verdict = judging(translation.text)
        is_rejected = verdict.standing == "rejected"
        return None if is_rejected else DraftSentence(verdict, draft.method, translation.warnings)

    def other_translations(self, drafts: Sequence[DraftSentence]) -> list[list[TranslatedText]]:
        """Returns other translations of each draft, without warnings."""
        texts = [draft.text for draft in drafts]
        others = self._session.other_translations(texts, self._source, self._target)
        return [[TranslatedText(text) for text in texts] for texts in others]

    def _translated(self, drafts: Sequence[DraftSentence], judging: Judging) -> list[DraftSentence | None]:
        """The acceptable translation of each draft, if any, after retries."""
        translations = self._session.translate([draft.text for draft in drafts], self._source, self._target)
        rows = zip(drafts, translations, strict=True)
        translated = [self.judged(draft, translation, judging) for draft, translation in rows]
        retried = [at for at, one in enumerate(translated) if one is None or one.verdict.standing == "doubtful"]
        if self._strictness == "repair" and retried:
            others = self.other_translations([drafts[at] for at in retried])
            for at, texts in zip(retried, others, strict=True):
                candidates = [translated[at], *(self.judged(drafts[at], text, judging) for text in texts)]
                translated[at] = min(filter(None, candidates), key=is_doubtful, default=None)
        return translated


def is_doubtful(sentence: DraftSentence) -> bool:
    """Whether a sentence may be used only if there is no better one."""
    return sentence.verdict.standing == "doubtful"


def _with_antecedents(sentences: Sequence[DraftSentence | None], judge: Judge) -> Iterator[DraftSentence]:
    """The sentences, except those that begin with a pronoun after one that was left out."""
    has_antecedent = False
    for sentence in sentences:
        has_antecedent = sentence is not None and (
            has_antecedent or judge.first_sentence(sentence.text).standing != "rejected"
        )
        if sentence and has_antecedent:
            yield sentence
