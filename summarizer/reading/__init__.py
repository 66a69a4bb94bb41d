"""From bytes and text to an Article: extract, clean, detect, segment. No model is needed here."""

from summarizer.reading.chunks import chunks
from summarizer.reading.language import detect
from summarizer.reading.reader import read
from summarizer.reading.sentences import sentences

__all__ = ["chunks", "detect", "read", "sentences"]
