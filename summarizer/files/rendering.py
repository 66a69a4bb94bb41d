"""Translates a document."""

from summarizer.desk import Desk
from summarizer.errors import EmptyText
from summarizer.files.piece import Document
from summarizer.languages import canonical
from summarizer.options import TranslationOptions
from summarizer.watch import Watch


def render(
    desk: Desk,
    document: Document,
    target: str,
    *,
    source: str | None = None,
    glossary: tuple[tuple[str, str], ...] = (),
    watch: Watch | None = None,
) -> bytes:
    """Returns the translated file; `source` is by default the language that the file declares, or is detected.

    A file whose texts are all translated is returned as it is. Raises the exceptions of Desk.translate.
    """
    target = canonical(target)
    if not any(text.strip() for text in document.texts):
        if document.has_targets:
            return document.write(document.texts, target)
        raise EmptyText("The file contains no text to translate.")
    options = TranslationOptions(document.format, glossary)
    result = desk.translate(
        document.texts, target, options=options, source_language=source or document.languages[0], watch=watch
    )
    return document.write(result.translations[0].texts, target)
