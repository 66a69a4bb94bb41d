"""SQLite databases and bounded tables, and a circuit breaker for stores that fail."""
