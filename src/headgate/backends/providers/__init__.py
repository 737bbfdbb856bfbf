"""One file per provider, each exporting `PROVIDER`; found, never imported."""
