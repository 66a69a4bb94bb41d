"""The native engine for decoder-only models: int8 products, continuous batching, and a prefix cache."""
