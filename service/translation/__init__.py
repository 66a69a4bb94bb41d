"""Translation memory and glossaries, one set for each caller."""
