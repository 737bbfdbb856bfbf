"""How identifiers are built: check digits, lengths, ranges. Detectors ask here."""
