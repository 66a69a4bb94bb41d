"""Files of texts: what is to be translated in them, or written about, goes out, and comes back into its place."""

from summarizer.files.document import TRANSLATED, Document, opened

__all__ = ["TRANSLATED", "Document", "opened"]
