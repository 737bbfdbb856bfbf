"""Whether a batch will be done in time at the pace it goes."""

from headgate.core.ports import Clock

SURE_AFTER = 8
"""Lines that must be done before a pace is believed."""


class Pace:
    """Counts lines; times are Unix seconds."""

    def __init__(self, clock: Clock, expires_at: float | None) -> None:
        """Start now; what does not expire is never late."""
        self._clock = clock
        self._expires_at = expires_at
        self._started_at = clock.now()
        self._found = 0
        self._done = 0

    def found(self, lines: int) -> None:
        """So many more are to be done."""
        self._found += lines

    def did_one(self) -> None:
        """One is done."""
        self._done += 1

    def is_late(self) -> bool:
        """Whether what is left takes longer than there is time, or than half of it unmeasured."""
        if self._expires_at is None:
            return False
        now = self._clock.now()
        left_s = self._expires_at - now
        if self._done < SURE_AFTER:
            return now - self._started_at > left_s
        per_line_s = (now - self._started_at) / self._done
        return (self._found - self._done) * per_line_s > left_s
