"""The sentences of one answer, chosen as they come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from summarizer.article import Notice
from summarizer.checking.measure import words
from summarizer.checking.overlap import overlap
from summarizer.editing.judge import Judge, Verdict
from summarizer.editions import Method

DUPLICATE = 0.75
"""Overlap from which a sentence only says again what another said."""


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence, the verdict on it, and how it was come by."""

    verdict: Verdict
    method: Method

    @property
    def text(self) -> str:
        """The sentence."""
        return self.verdict.text


class SentenceSelector:
    """Takes sentences that stand, are new, and fit the limits; keeps what it refused, with the reasons."""

    def __init__(self, judge: Judge, most_sentences: int, most_words: int, on_sentence: Callable[[str], None]) -> None:
        self.chosen: list[DraftSentence] = []
        self.refused: list[DraftSentence] = []
        self.judge = judge
        self._language = judge.language
        self._most_sentences = most_sentences
        self._most_words = most_words
        self._on_sentence = on_sentence
        self._full = False
        self._named = False  # whether the sentence before stands, so that a pronoun has somebody to mean

    def offer_all(self, sentences: Sequence[str], method: Method) -> None:
        """Takes of another answer what stands and fits."""
        self._named = False
        for sentence in sentences:
            self.offer(sentence, method)

    def offer(self, sentence: str, method: Method) -> bool:
        """Takes a sentence if it stands and fits; returns whether the answer is full."""
        if not sentence or self._full:
            return self._full
        if self._is_said(sentence):
            self._named = True
            return False
        claim = DraftSentence(self.judge(sentence) if self._named else self.judge.alone(sentence), method)
        self._named = claim.verdict.standing == "sound"
        if self._named:
            self._take(claim)
        elif method != "extracted":  # nobody wrote it: it is not missed
            self.refused.append(claim)
        return self._full

    def relent(self) -> None:
        """Takes what was only doubted, as far as it fits."""
        doubtful = [claim for claim in self.refused if claim.verdict.standing == "doubtful"]
        self.refused = [claim for claim in self.refused if claim not in doubtful]
        for claim in doubtful:
            if not self._full and not self._is_said(claim.text):
                self._take(claim)

    def _take(self, claim: DraftSentence) -> None:
        so_far = " ".join([*(chosen.text for chosen in self.chosen), claim.text])
        if words(so_far, self._language) <= self._most_words:
            self.chosen.append(claim)
            self._on_sentence(claim.text)
            self._full = len(self.chosen) >= self._most_sentences
        elif self.chosen:
            self._full = True
        else:
            too_long = Notice("too_long", f"This is over {self._most_words} words: {claim.text}")
            self.refused.append(DraftSentence(Verdict(claim.verdict.checked, "refused", (too_long,)), claim.method))

    def _is_said(self, sentence: str) -> bool:
        return any(overlap(sentence, claim.text, self._language) >= DUPLICATE for claim in self.chosen)
