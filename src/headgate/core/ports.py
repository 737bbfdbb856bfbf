"""What the gateway asks of the world, so that tests can stand in for it."""

from typing import Any, Protocol


class Clock(Protocol):
    """Time."""

    def now(self) -> float:
        """Unix seconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class Recorder(Protocol):
    """Where finished decisions and attempts go. Never blocks and never fails the request."""

    def record(self, entry: Any) -> None:
        """Queue one entry of `ledger.entry`."""
        ...
