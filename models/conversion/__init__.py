"""Converts fetched checkpoints to the formats that the engines load."""
