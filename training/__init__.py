"""Training of LoRA adapters: a tool that is not part of the product."""
