"""What a check says of a sentence: its support in the article, the evidence for it, and what is wrong with it."""

from dataclasses import dataclass
from enum import StrEnum

from summarizer.article import Span


class FindingKind(StrEnum):
    """What is wrong: a fact that the article does not hold, or a claim that is stronger than the article's."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"
    ACTOR = "actor"
    NEGATION = "negation"
    ATTRIBUTION = "attribution"
    MODALITY = "modality"
    LIMIT = "limit"


UNSUPPORTED = frozenset({FindingKind.NUMBER, FindingKind.DATE, FindingKind.NAME, FindingKind.QUOTE})
"""Kinds of facts that the article does not hold at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the phrase in the text, the article's phrase where there is one, and both in words."""

    kind: FindingKind
    claim: str
    evidence: str | None
    message: str

    @property
    def is_unsupported(self) -> bool:
        """Whether the text states a fact that the article does not hold."""
        return self.kind in UNSUPPORTED


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence, its support from 0 (nothing ties it to the article) to 1, its evidence, and the findings."""

    text: str
    support: float
    evidence: tuple[Span, ...]
    findings: tuple[Finding, ...]

    @property
    def unsupported(self) -> tuple[Finding, ...]:
        """The findings that are facts which the article does not hold: numbers, dates, names, quotations."""
        return tuple(finding for finding in self.findings if finding.is_unsupported)
