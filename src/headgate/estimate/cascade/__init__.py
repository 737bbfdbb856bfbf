"""Formulas behind cascades: what labels teach about a cheap answer."""
