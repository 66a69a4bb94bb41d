"""The editorial commands and those about models: each registered with summarizer.cli's `app` by its import."""

from summarizer.commands import check, models, writing

__all__ = ["check", "models", "writing"]
