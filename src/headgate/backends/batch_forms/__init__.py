"""One file per form of batch API, each exporting `FORM`; found, never imported."""
