"""Reads bytes and text into an Article: extraction, cleaning, language detection, segmentation. Needs no model."""

from summarizer.reading.chunks import chunks
from summarizer.reading.language import detect
from summarizer.reading.reader import read
from summarizer.reading.sentences import sentences

__all__ = ["chunks", "detect", "read", "sentences"]
