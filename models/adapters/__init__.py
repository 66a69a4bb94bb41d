"""LoRA adapters shipped with Lede or named by a card, and merging them into weights."""
