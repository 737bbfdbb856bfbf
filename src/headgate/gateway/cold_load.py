"""How long the model of a target takes to load."""

from headgate.estimate.cold_load import cold_load_s
from headgate.gateway.speeds import WEIGHT_OF_NEWEST


class ColdLoad:
    """Expected from the size of its file, until it has been loaded once."""

    __slots__ = ("expected_ms", "is_measured")

    def __init__(self, weights_bytes: int | None = None) -> None:
        """`None`: it is not loaded here, or nobody knows its size."""
        self.expected_ms = None if weights_bytes is None else cold_load_s(weights_bytes) * 1000
        self.is_measured = False

    def took(self, load_ms: float) -> None:
        """It was loaded, from nothing to ready."""
        known = self.expected_ms
        if known is None or not self.is_measured:
            self.expected_ms, self.is_measured = load_ms, True
        else:
            self.expected_ms = known + WEIGHT_OF_NEWEST * (load_ms - known)
