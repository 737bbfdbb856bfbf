"""One file per kind of data, each exporting `DETECTOR`; found, never imported."""
