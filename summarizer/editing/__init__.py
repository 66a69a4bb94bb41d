"""Editing: checks what a model wrote, selects from it, and falls back to rewrites or to the article's sentences."""
