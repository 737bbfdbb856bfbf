"""HTTP in front of the gateway."""
