"""Cascades: read the cheap answers, then decide."""
