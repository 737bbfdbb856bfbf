"""Compliance as decision logic: which data may go to whom, by what was signed and published."""
