"""File formats: extracts the translatable texts or the articles of a file, and writes the results back into it."""

from summarizer.files.document import TRANSLATABLE, Document, open_document, translated_name

__all__ = ["TRANSLATABLE", "Document", "open_document", "translated_name"]
