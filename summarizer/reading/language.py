"""Which language a text is in."""

from functools import cache
from typing import Any

from py3langid import langid

from summarizer.article import Candidate, Detection
from summarizer.languages import UNDETERMINED

SURE = 0.5


def detect(text: str) -> Detection:
    """The language of a text, with its probability and up to five candidates; "und" where it cannot be told."""
    if not any(character.isalpha() for character in text):
        return Detection(UNDETERMINED, 0.0)
    ranked = [Candidate(tag, round(share, 4)) for tag, share in _identifier().rank(text[:20_000]) if tag != "zxx"][:5]
    best = ranked[0]
    return Detection(best.language if best.confidence >= SURE else UNDETERMINED, best.confidence, tuple(ranked))


@cache
def _identifier() -> Any:  # noqa: ANN401  # the library ships no types
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
