"""Commands for whoever looks after a machine: one a file, each registered with summarizer.cli's `app` by its import."""

from service.commands import bench, cache, doctor, init, keys, man, memory

__all__ = ["bench", "cache", "doctor", "init", "keys", "man", "memory"]
