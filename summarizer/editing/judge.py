"""Whether a sentence may stand: its form, its language, and what the article holds of it."""

from dataclasses import dataclass, replace
from typing import Literal

from summarizer.article import Notice
from summarizer.checking.about import is_about_the_article
from summarizer.checking.findings import UNSUPPORTED, CheckedSentence, Finding, FindingKind
from summarizer.checking.measure import has_balanced_quotes, is_complete
from summarizer.checking.pronouns import opens_with_pronoun
from summarizer.checking.target_language import is_in_language
from summarizer.editing.story import Story
from summarizer.options import Strictness

Standing = Literal["sound", "doubtful", "refused"]

ALWAYS_REJECTED = frozenset({FindingKind.NUMBER})
"""Findings that no answer may carry, however little the caller minds."""

REJECTED_KINDS = UNSUPPORTED | {FindingKind.ACTOR, FindingKind.NEGATION}
"""Findings that say something else than the article: such a sentence is written again, or left out."""

DOUBTFUL_KINDS = frozenset({FindingKind.MODALITY, FindingKind.LIMIT})
"""Findings that make a claim stronger: written again where that helps, and told where it does not.

Attribution is only told: most summaries of news leave off who said it, and are right to.
"""


MAX_BANNED_WORDS = 5
"""Words of a phrase that is banned: a longer one would not be written again to the letter anyway."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence, what was found in it, and whether it stands. `faults` are of its form: no article mends them."""

    checked: CheckedSentence
    standing: Standing
    faults: tuple[Notice, ...] = ()

    @property
    def text(self) -> str:
        """The sentence."""
        return self.checked.text

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong with it, in English."""
        return (*(fault.message for fault in self.faults), *(finding.message for finding in self.checked.findings))


class Judge:
    """Judges sentences about one story, in one language: by default the story's."""

    def __init__(self, story: Story, strictness: Strictness, language: str | None = None) -> None:
        self.language = language or story.language
        self._ground = story.ground
        self._acted_upon = ALWAYS_REJECTED if strictness == "report" else REJECTED_KINDS
        self._doubted = frozenset[FindingKind]() if strictness == "report" else DOUBTFUL_KINDS

    def __call__(self, sentence: str) -> Verdict:
        """The verdict on a whole sentence of prose."""
        faults = (
            [] if is_complete(sentence, self.language) else [Notice("unfinished", f"This does not end: {sentence}")]
        )
        if not has_balanced_quotes(sentence):
            faults.append(Notice("unfinished", f"This has a part of a quotation: {sentence}"))
        return self._judged(sentence, faults)

    def alone(self, sentence: str) -> Verdict:
        """The verdict on a sentence with nobody named before it whom a pronoun could mean."""
        verdict = self(sentence)
        if self._acted_upon is ALWAYS_REJECTED or not opens_with_pronoun(sentence, self.language):
            return verdict
        fault = Notice("points_back", f"This begins with a pronoun that nothing before it explains: {sentence}")
        return Verdict(verdict.checked, "refused", (*verdict.faults, fault))

    def line(self, text: str) -> Verdict:
        """The verdict on a title, which needs no full stop and leaves off who said it and whether it may be."""
        verdict = self._judged(text, [])
        if verdict.standing == "refused":
            return verdict
        told = tuple(finding for finding in verdict.checked.findings if finding.kind in REJECTED_KINDS)
        return Verdict(replace(verdict.checked, findings=told), "sound")

    def _judged(self, text: str, faults: list[Notice]) -> Verdict:
        if is_about_the_article(text, self.language):
            faults.append(Notice("about_the_article", f"This speaks of the article, not of its news: {text}"))
        if not is_in_language(text, self.language):
            faults.append(Notice("wrong_language", f"This is not in {self.language}: {text}"))
        checked = self._ground.check(text, self.language)
        return Verdict(checked, self._standing(checked.findings, faults), tuple(faults))

    def _standing(self, findings: tuple[Finding, ...], faults: list[Notice]) -> Standing:
        kinds = {finding.kind for finding in findings}
        if faults or kinds & self._acted_upon:
            return "refused"
        return "doubtful" if kinds & self._doubted else "sound"


def banned_phrases(verdicts: list[Verdict]) -> tuple[str, ...]:
    """The phrases that were found wrong, to be kept out of what is written next: short numbers, dates and names."""
    found = [
        finding.claim for verdict in verdicts for finding in verdict.checked.findings if finding.kind in _BANNABLE_KINDS
    ]
    return tuple(dict.fromkeys(claim for claim in found if claim.strip() and len(claim.split()) <= MAX_BANNED_WORDS))


_BANNABLE_KINDS = UNSUPPORTED - {FindingKind.QUOTE}
