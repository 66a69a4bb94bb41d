"""A fact of a text: what kind it is, what it says in no language's words, and where it stands."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from summarizer.article import Span


class FactKind(StrEnum):
    """What is compared between two texts."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, date, name or quotation. Equal values say the same in any language. `span` counts in the text."""

    kind: FactKind
    value: Hashable
    text: str
    span: Span
