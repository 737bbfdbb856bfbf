"""Slots of a target over time: who comes first is served first."""

from heapq import heappop, heappush, heapreplace

IDLE = (0, 0, 0.0)
"""How a target stands that has nothing to do."""


class Slots:
    """Requests at one target; times are seconds, and never go back."""

    __slots__ = ("_count", "_ends", "_free", "busy_s")

    def __init__(self, count: int | None) -> None:
        """`count` requests at once; `None` is any number."""
        self._count = count
        self._ends: list[float] = []
        """Of everybody who is here, waiting or being served; a heap."""
        self._free = [float("-inf")] * (count or 0)
        """When each slot is next free; a heap."""
        self.busy_s = 0.0

    def stand(self, now: float) -> tuple[int, int, float]:
        """Requests being served, requests that wait, and seconds until a slot is free."""
        ends = self._ends
        while ends and ends[0] <= now:
            heappop(ends)
        if not ends:
            return IDLE
        here, count = len(ends), self._count
        if count is None or here < count:
            return here, 0, 0.0
        return count, here - count, max(self._free[0] - now, 0.0)

    def take(self, now: float, service_s: float) -> float:
        """Serve a request that comes now; the seconds it waits first."""
        wait_s = 0.0
        if self._count is not None:
            begins = max(now, self._free[0])
            heapreplace(self._free, begins + service_s)
            wait_s = begins - now
        heappush(self._ends, now + wait_s + service_s)
        self.busy_s += service_s
        return wait_s
