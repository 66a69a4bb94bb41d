"""Commands for whoever looks after a machine: one a file, each registered with summarizer.cli's `app` by its import."""

from service.commands import cache, doctor, init, keys

__all__ = ["cache", "doctor", "init", "keys"]
