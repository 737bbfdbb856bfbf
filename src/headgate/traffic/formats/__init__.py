"""One file a format; found, never imported by name."""
