"""Deferrable work: many requests in a file, each answered once, by the cheapest lane."""
