"""Bytes to core values and back; no I/O."""
