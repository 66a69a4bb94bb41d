"""From a parsed request to its response: sources, single flight, cached results, a thread pool."""
