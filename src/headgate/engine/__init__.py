"""Running models on this machine."""
