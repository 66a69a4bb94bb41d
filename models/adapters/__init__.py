"""LoRA adapters: their cards, and merging them into a model's weights."""
