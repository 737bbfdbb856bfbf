"""Usage files of others, read into traffic."""
