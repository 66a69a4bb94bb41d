"""Operator commands, one per module. Importing a module registers its command with summarizer.cli's `app`."""

from service.commands import bench, cache, doctor, init, keys, man, memory

__all__ = ["bench", "cache", "doctor", "init", "keys", "man", "memory"]
