"""How often a worker failed lately, and what that means for the next start."""

from typing import Final

from headgate.core.errors import EngineError

MEMORY_S: Final = 60.0
"""Failures further apart than this have nothing to do with each other."""
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 8.0


class Crashes:
    """Failures in a row. Times are monotonic seconds.

    Each failure doubles the wait before the next start. After `limit` of them the model
    rests until the last is `MEMORY_S` ago.
    """

    def __init__(self, limit: int) -> None:
        self._limit = max(1, limit)
        self._count = 0
        self._last_at = 0.0
        self._last: EngineError | None = None

    def record(self, now: float, failure: EngineError) -> None:
        """A start failed, or a worker died."""
        self._count = self._recent(now) + 1
        self._last_at, self._last = now, failure

    def refusal(self, now: float) -> EngineError | None:
        """Why it must not be started now, if so."""
        if self._last is None or self._recent(now) < self._limit:
            return None
        times = "once" if self._count == 1 else f"{self._count} times in a row"
        rest_s = self._last_at + MEMORY_S - now
        return EngineError(
            f"{self._last.message} (failed {times}; tried again in {rest_s:.0f} s)",
            hint=self._last.hint,
        )

    def delay_s(self, now: float) -> float:
        """How long to wait before starting it."""
        count = self._recent(now)
        if not count:
            return 0.0
        delay_s = min(FIRST_DELAY_S * (1 << (count - 1)), LONGEST_DELAY_S)
        return max(0.0, self._last_at + delay_s - now)

    def _recent(self, now: float) -> int:
        return self._count if now - self._last_at < MEMORY_S else 0
