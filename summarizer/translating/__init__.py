"""Translation: splits text into segments, translates them with a model, and repairs the results."""
