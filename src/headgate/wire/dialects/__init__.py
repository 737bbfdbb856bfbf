"""One file per API dialect, each exporting `DIALECT`; found, never imported."""
