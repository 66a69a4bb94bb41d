"""Builds bilingual lexicons from parallel sentences: word alignment, phrase extraction, selection."""
