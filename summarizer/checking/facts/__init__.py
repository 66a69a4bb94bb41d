"""Facts of texts, told apart from how a language writes them."""

from summarizer.checking.facts.compare import compare
from summarizer.checking.facts.fact import Fact, FactKind
from summarizer.checking.facts.scan import facts, numbers

__all__ = ["Fact", "FactKind", "compare", "facts", "numbers"]
