"""Translation: text to segments, segments through a model, and repairs of what came back."""
