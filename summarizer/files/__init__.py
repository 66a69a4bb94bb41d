"""Files of texts: what is to be translated in them, or written about, goes out, and comes back into its place."""

from summarizer.files.document import TRANSLATABLE, Document, open_document

__all__ = ["TRANSLATABLE", "Document", "open_document"]
