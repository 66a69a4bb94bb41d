"""The result of checking a sentence: its support by the article, its evidence, and findings."""

from dataclasses import dataclass
from enum import StrEnum

from summarizer.article import Span


class FindingKind(StrEnum):
    """The kind of a finding: a fact that the article does not mention, or a claim stronger than the article's."""

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
"""Kinds of facts that the article does not mention."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A phrase of the text that the article does not support, the article's phrase if there is one, and a message."""

    kind: FindingKind
    claim: str
    evidence: str | None
    message: str

    @property
    def is_unsupported(self) -> bool:
        """Whether the text states a fact that the article does not mention."""
        return self.kind in UNSUPPORTED


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence with its support (0: unrelated to the article, 1: fully supported), evidence and findings."""

    text: str
    support: float
    evidence: tuple[Span, ...]
    findings: tuple[Finding, ...]

    @property
    def unsupported(self) -> tuple[Finding, ...]:
        """The numbers, dates, names and quotations that the article does not mention."""
        return tuple(finding for finding in self.findings if finding.is_unsupported)
