"""Bilingual lexicons: words and phrases with their likely translations, given to chat models in the prompt."""
