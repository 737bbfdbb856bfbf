"""Secrets: the rules as data, the gate that finds their keywords, and what judges a value."""
