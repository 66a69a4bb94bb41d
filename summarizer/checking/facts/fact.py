"""A fact of a text: its kind, its language-independent value, and its span."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from summarizer.article import Span


class FactKind(StrEnum):
    """The kind of a fact."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, date, name or quotation. Facts with equal values are the same in any language."""

    kind: FactKind
    value: Hashable
    text: str
    span: Span
