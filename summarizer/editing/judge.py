"""Decides whether a sentence is acceptable: by its form, its language, and its support in the article."""

from dataclasses import dataclass, replace
from typing import Literal

from summarizer.checking.about import is_about_the_article
from summarizer.checking.facts.held import is_same_language
from summarizer.checking.findings import UNSUPPORTED, CheckedSentence, Finding, FindingKind
from summarizer.checking.measure import has_balanced_quotes, is_complete
from summarizer.checking.pronouns import opens_with_pronoun
from summarizer.checking.target_language import is_in_language
from summarizer.editing.story import Story
from summarizer.options import Strictness

Standing = Literal["accepted", "doubtful", "rejected"]

ALWAYS_REJECTED = frozenset({FindingKind.NUMBER})
"""Findings that no result may have, whatever the strictness."""

REJECTED_KINDS = UNSUPPORTED | {FindingKind.ACTOR, FindingKind.NEGATION}
"""Findings that contradict the article or are not in it: the sentence is rewritten or removed."""

DOUBTFUL_KINDS = frozenset({FindingKind.MODALITY, FindingKind.LIMIT})
"""Findings that make a claim stronger than the article's: the sentence is rewritten if possible, or else reported.

A missing attribution is only reported: most news summaries leave attributions out, and rightly.
"""

MAX_BANNED_WORDS = 5
"""Maximum words of a banned phrase; a model hardly ever repeats a longer one verbatim."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A checked sentence, and whether it is acceptable. `problems` describe its form and language, in English."""

    checked: CheckedSentence
    standing: Standing
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence."""
        return self.checked.text

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong with it, in English."""
        return (*self.problems, *(finding.message for finding in self.checked.findings))


class Judge:
    """Judges sentences about one story, in one language: by default the story's."""

    def __init__(self, story: Story, strictness: Strictness, language: str | None = None) -> None:
        self.language = language or story.language
        self._checker = story.checker
        self._is_same_language = is_same_language(self.language, story.language)
        self._needs_evidence = strictness != "report" and self._is_same_language
        self._rejected_kinds = ALWAYS_REJECTED if strictness == "report" else REJECTED_KINDS
        self._doubtful_kinds = frozenset[FindingKind]() if strictness == "report" else DOUBTFUL_KINDS

    def sentence(self, text: str) -> Verdict:
        """Judges a sentence of prose. In the article's language, a sentence without evidence is rejected.

        Of 155 sentences that editors wrote about articles, 131 have evidence in their article; of 136 about other
        articles in the same language, 3 have.
        """
        problems = []
        if not is_complete(text, self.language):
            problems.append(f"This sentence is incomplete: {text}")
        if not has_balanced_quotes(text):
            problems.append(f"This sentence contains only part of a quotation: {text}")
        verdict = self._verdict(text, problems)
        if self._needs_evidence and not verdict.checked.evidence:
            return _rejected(verdict, f"No sentence of the article supports this: {text}")
        return verdict

    def first_sentence(self, text: str) -> Verdict:
        """Judges a sentence that follows no other, so that a pronoun in it has no antecedent."""
        verdict = self.sentence(text)
        if self._rejected_kinds is ALWAYS_REJECTED or not opens_with_pronoun(text, self.language):
            return verdict
        return _rejected(verdict, f"This sentence begins with a pronoun that nothing explains: {text}")

    def title(self, text: str) -> Verdict:
        """Judges a title, which needs no full stop, attribution or hedge."""
        verdict = self._verdict(text, [])
        if verdict.standing == "rejected":
            return verdict
        findings = tuple(finding for finding in verdict.checked.findings if finding.kind in REJECTED_KINDS)
        return Verdict(replace(verdict.checked, findings=findings), "accepted")

    def _verdict(self, text: str, problems: list[str]) -> Verdict:
        if is_about_the_article(text, self.language):
            problems.append(f"This describes the article instead of its news: {text}")
        checked = self._checker.check(text, self.language)
        is_copy = self._is_same_language and checked.support == 1
        if not is_copy and not is_in_language(text, self.language):
            problems.append(f"This is not in {self.language}: {text}")
        return Verdict(checked, self._standing(checked.findings, problems), tuple(problems))

    def _standing(self, findings: tuple[Finding, ...], problems: list[str]) -> Standing:
        kinds = {finding.kind for finding in findings}
        if problems or kinds & self._rejected_kinds:
            return "rejected"
        return "doubtful" if kinds & self._doubtful_kinds else "accepted"


def _rejected(verdict: Verdict, problem: str) -> Verdict:
    return Verdict(verdict.checked, "rejected", (*verdict.problems, problem))


def banned_phrases(verdicts: list[Verdict]) -> tuple[str, ...]:
    """Returns the unsupported numbers, dates and names, so that they can be banned when the text is rewritten."""
    claims = [
        finding.claim for verdict in verdicts for finding in verdict.checked.findings if finding.kind in _BANNABLE_KINDS
    ]
    return tuple(dict.fromkeys(claim for claim in claims if claim.strip() and len(claim.split()) <= MAX_BANNED_WORDS))


_BANNABLE_KINDS = UNSUPPORTED - {FindingKind.QUOTE}
