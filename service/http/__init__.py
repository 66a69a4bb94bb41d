"""HTTP below the routes: connections, middleware and paths."""
