"""Shared parts of the routes that implement other services' APIs, whose clients only need a new address."""
