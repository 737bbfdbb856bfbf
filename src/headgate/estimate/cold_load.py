"""How long a model takes to load, before it has been loaded here once."""

START_S = 1.0
"""Of the engine's process, before it reads anything."""
READ_GB_S = 0.5
"""Sequential reads of a SATA disk; an NVMe disk, or a file read lately, is several times as fast.
The slower is assumed: the first load corrects it."""


def cold_load_s(weights_bytes: int) -> float:
    """To start the engine and read the weights once."""
    return START_S + weights_bytes / (READ_GB_S * 1e9)
