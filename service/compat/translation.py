"""Translation for clients that expect a result for any text: an undetectable language is treated as English."""

from collections.abc import Sequence
from dataclasses import dataclass

from summarizer.desk import Desk
from summarizer.errors import UnknownLanguage
from summarizer.languages import UNDETERMINED
from summarizer.options import TranslationOptions
from summarizer.watch import Watch


@dataclass(frozen=True, slots=True)
class TranslatedTexts:
    """Translated texts with the language of each source ("und" if undetectable) and alternatives."""

    languages: list[str]
    texts: list[str]
    alternatives: list[list[str]]


def translate_texts(
    desk: Desk,
    texts: Sequence[str],
    target: str,
    source: str | None,
    *,
    watch: Watch,
    options: TranslationOptions | None = None,
) -> TranslatedTexts:
    """Translates texts; with `source` None, the language of each is detected.

    Raises the errors of Desk.translate, except that empty texts are returned unchanged and no language is unknown.
    """
    if not any(text.strip() for text in texts):
        return TranslatedTexts([UNDETERMINED] * len(texts), list(texts), [[] for _ in texts])
    try:
        result = desk.translate(texts, target, options=options, source_language=source, watch=watch)
        languages = list(result.source_languages)
    except UnknownLanguage:
        result = desk.translate(texts, target, options=options, source_language="en", watch=watch)
        languages = [UNDETERMINED] * len(texts)
    translation = result.translations[0]
    return TranslatedTexts(languages, list(translation.texts), list(map(list, translation.alternatives)))
