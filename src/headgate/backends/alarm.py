"""A timer for deadlines that move all the time and hardly ever pass.

Moving a deadline later costs an assignment: the timer under way rings too early, sees
the new deadline and sleeps again. Only a deadline before the next ring needs a new timer.
"""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable


class Alarm:
    """Calls `ring` when its deadline has passed; one deadline at a time."""

    __slots__ = ("_deadline", "_loop", "_ring", "_rings_at", "_timer")

    def __init__(self, loop: AbstractEventLoop, ring: Callable[[], None]) -> None:
        """Nothing rings until `set`."""
        self._loop = loop
        self._ring = ring
        self._deadline: float | None = None
        self._timer: TimerHandle | None = None
        self._rings_at = 0.0

    def set(self, deadline: float | None) -> None:
        """Move the deadline, in the loop's own time; `None` for no deadline."""
        self._deadline = deadline
        if deadline is None or (self._timer is not None and self._rings_at <= deadline):
            return
        self._sleep_until(deadline)

    def cancel(self) -> None:
        """Forget the deadline and the timer."""
        self._deadline = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sleep_until(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(moment, self._wake)
        self._rings_at = moment

    def _wake(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        if self._loop.time() < self._deadline:
            self._sleep_until(self._deadline)
            return
        self._deadline = None
        self._ring()
