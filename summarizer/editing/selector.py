"""Selects the sentences of a summary as they are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from summarizer.article import Notice
from summarizer.checking.measure import has_balanced_quotes, words
from summarizer.checking.overlap import overlap
from summarizer.editing.judge import Judge, Verdict
from summarizer.editions import Method

DUPLICATE = 0.75
"""Overlap from which a sentence repeats another."""


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft, the verdict on it, how it was written, and the warnings about its translation, if any."""

    verdict: Verdict
    method: Method
    warnings: tuple[Notice, ...] = ()

    @property
    def text(self) -> str:
        """The sentence."""
        return self.verdict.text


class SentenceSelector:
    """Selects sentences that are accepted, new, and within the limits; records the others with the reasons."""

    def __init__(self, judge: Judge, max_sentences: int, max_words: int, on_sentence: Callable[[str], None]) -> None:
        self.selected: list[DraftSentence] = []
        self.rejected: list[DraftSentence] = []
        self.judge = judge
        self._language = judge.language
        self._max_sentences = max_sentences
        self._max_words = max_words
        self._on_sentence = on_sentence
        self._full = False
        self._has_antecedent = False  # whether the previous sentence was accepted, so that a pronoun may refer to it

    def offer_all(self, sentences: Sequence[str], method: Method) -> None:
        """Selects from the sentences of another answer."""
        self._has_antecedent = False
        for sentence in sentences:
            self.offer(sentence, method)

    def offer_lines(self, lines: Sequence[str]) -> None:
        """Selects lines of the article that are not sentences, such as the items of a list."""
        for line in lines:
            draft = DraftSentence(self.judge.title(line), "extracted")
            if not self._full and draft.verdict.standing == "accepted" and has_balanced_quotes(line):
                self._select(draft)

    def offer(self, sentence: str, method: Method) -> bool:
        """Selects a sentence if it is accepted and fits; returns whether the summary is full."""
        if not sentence or self._full:
            return self._full
        if self._is_duplicate(sentence):
            self._has_antecedent = True
            return False
        verdict = self.judge.sentence(sentence) if self._has_antecedent else self.judge.first_sentence(sentence)
        draft = DraftSentence(verdict, method)
        self._has_antecedent = verdict.standing == "accepted"
        if self._has_antecedent:
            self._select(draft)
        elif method != "extracted":  # nobody misses a sentence that the model did not write
            self.rejected.append(draft)
        return self._full

    def accept_doubtful(self) -> None:
        """Selects the doubtful sentences that fit."""
        doubtful = [sentence for sentence in self.rejected if sentence.verdict.standing == "doubtful"]
        self.rejected = [sentence for sentence in self.rejected if sentence not in doubtful]
        for sentence in doubtful:
            if not self._full and not self._is_duplicate(sentence.text):
                self._select(sentence)

    def _select(self, sentence: DraftSentence) -> None:
        text = " ".join([*(selected.text for selected in self.selected), sentence.text])
        if words(text, self._language) <= self._max_words:
            self.selected.append(sentence)
            self._on_sentence(sentence.text)
            self._full = len(self.selected) >= self._max_sentences
        elif self.selected:
            self._full = True
        else:
            problem = f"This is longer than {self._max_words} words: {sentence.text}"
            verdict = Verdict(sentence.verdict.checked, "rejected", (problem,))
            self.rejected.append(DraftSentence(verdict, sentence.method))

    def _is_duplicate(self, sentence: str) -> bool:
        return any(overlap(sentence, selected.text, self._language) >= DUPLICATE for selected in self.selected)
