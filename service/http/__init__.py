"""HTTP below the routes: connections, middleware, paths."""
