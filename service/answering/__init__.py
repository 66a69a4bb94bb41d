"""One request from parsed to sent: sources, single flight, cached results, worker threads."""
