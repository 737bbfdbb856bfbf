"""Names, places and words, as lists with their sources, read when first asked for."""
