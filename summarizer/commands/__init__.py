"""Commands for editing and for models; importing a module registers its commands with summarizer.cli's `app`."""

from summarizer.commands import check, models, writing

__all__ = ["check", "models", "writing"]
