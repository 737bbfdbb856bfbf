"""One file per engine, each exporting `ENGINE`; found, never imported."""
