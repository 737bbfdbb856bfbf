"""One file per routing rule, each exporting `RULE`; found, never imported."""
