"""Checks that a text is in the requested language."""

from summarizer.languages import UNDETERMINED, primary
from summarizer.reading import detect

MIN_CONFIDENCE = 0.8
"""Confidence from which a detected language counts; short texts are often misidentified."""


def is_in_language(text: str, language: str) -> bool:
    """Returns False only if the text is certainly in another language than `language` (BCP 47)."""
    detected = detect(text)
    is_uncertain = detected.language == UNDETERMINED or detected.confidence < MIN_CONFIDENCE
    return is_uncertain or primary(detected.language) == primary(language)
