"""A file in another language."""

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
    """The file with its texts translated; `source` is, if not given, what the file says, or what its texts tell.

    Raises what Desk.translate raises.
    """
    target = canonical(target)
    if not any(text.strip() for text in document.texts):
        raise EmptyText("There is nothing to translate in the file.")
    options = TranslationOptions(document.format, glossary)
    made = desk.translate(
        document.texts, target, options=options, source_language=source or document.languages[0], watch=watch
    )
    return document.write(made.translations[0].texts, target)
