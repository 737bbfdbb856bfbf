"""How well the detectors find personal data, measured on labelled texts."""
