"""What the routes that speak other services' APIs have in common. Their programs need a new address only."""
