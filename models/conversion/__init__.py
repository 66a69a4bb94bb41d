"""Conversion of fetched checkpoints to what an engine loads."""
