"""The recipe that makes an adapter: docs/training.md. A tool beside the product, which never imports it."""
