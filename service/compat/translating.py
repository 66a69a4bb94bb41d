"""Translation for clients that expect an answer whatever they send: where nothing tells the language, it is English."""

from collections.abc import Sequence
from dataclasses import dataclass

from summarizer.desk import Desk
from summarizer.errors import UnknownLanguage
from summarizer.languages import UNDETERMINED
from summarizer.options import TranslationOptions
from summarizer.watch import Watch


@dataclass(frozen=True, slots=True)
class TranslatedTexts:
    """Texts in another language, the language that each was in ("und" where nothing tells it), and alternatives."""

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
    """Each text in the target language; `source` is None where it is to be told from each text.

    Raises what Desk.translate raises, save that empty texts stay as they are and no language is unknown.
    """
    if not any(text.strip() for text in texts):
        return TranslatedTexts([UNDETERMINED] * len(texts), list(texts), [[] for _ in texts])
    try:
        made = desk.translate(texts, target, options=options, source_language=source, watch=watch)
        languages = list(made.source_languages)
    except UnknownLanguage:
        made = desk.translate(texts, target, options=options, source_language="en", watch=watch)
        languages = [UNDETERMINED] * len(texts)
    translation = made.translations[0]
    return TranslatedTexts(languages, list(translation.texts), list(map(list, translation.alternatives)))
