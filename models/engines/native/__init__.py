"""An engine of our own for decoder-only models: int8 products, rows that come and go, prefixes read once."""
