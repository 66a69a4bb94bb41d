"""Whether a text is in the language it was asked for in."""

from summarizer.languages import UNDETERMINED, primary
from summarizer.reading import detect

SURE = 0.8
"""Confidence from which a detection counts against a text: short ones are often told wrongly."""


def is_in_language(text: str, language: str) -> bool:
    """False when the text is surely in another language than `language` (BCP 47); unsure counts as right."""
    found = detect(text)
    return found.language == UNDETERMINED or found.confidence < SURE or primary(found.language) == primary(language)
