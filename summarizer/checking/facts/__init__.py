"""Extracts numbers, dates, names and quotations from texts, as values that do not depend on the language."""

from summarizer.checking.facts.compare import compare
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.facts.scan import facts, numbers

__all__ = ["Fact", "FactKind", "compare", "facts", "numbers"]
