"""How many requests at once a target takes before it lets them wait, found by trying.

For targets whose slots nobody knows. Of requests that began when as many ran as may, the
share of time that they waited inside the target, times how many ran, is how many of them
waited (Little 1961). What they waited is the time to first token beyond what it is without
a queue:

    queue = limit × (mean TTFT − TTFT without a queue) / mean duration

As in TCP Vegas (Brakmo, Peterson 1995) the limit goes up by one while the queue is shorter
than `FEW`, and down by the queue when it is longer than `MANY`. The TTFT without a queue is
measured anew, at half the limit, every `PROBE_EVERY` windows, as in BBR (Cardwell et al.
2016); if it only ever followed what is measured it would creep up with the queue. Lengths of
prompts are kept apart.
"""

from collections import defaultdict

START = 4
MOST = 256
FEW, MANY = 0.3, 1.2
MANY_SHARE = 0.1
"""Of a large limit; its queue cannot be measured to one request."""
LEAST_FULL = 8
"""Requests that began when as many ran as may, before anything is concluded from them."""
LONGEST_WINDOW = 20
"""Times the limit, in requests."""
PROBE_EVERY = 20
BACKED_OFF = 0.7
"""Of the limit stays when the target refuses or does not answer in time."""


class _Window:
    """What was seen under one limit."""

    __slots__ = ("base", "began", "durations_ms", "full", "full_count", "seen")

    def __init__(self, began: float) -> None:
        self.began = began
        self.base: dict[int, list[float]] = defaultdict(list)
        """Times to first token in milliseconds, by bucket."""
        self.full: dict[int, list[float]] = defaultdict(list)
        """Of those that began when as many ran as may."""
        self.full_count = self.seen = 0
        self.durations_ms = 0.0
        """Of the same, all together."""

    def add(self, ttft_ms: float, duration_ms: float, *, bucket: int, is_full: bool) -> None:
        self.seen += 1
        self.base[bucket].append(ttft_ms)
        if is_full:
            self.full[bucket].append(ttft_ms)
            self.full_count += 1
            self.durations_ms += duration_ms

    def late_ms(self, base: dict[int, float]) -> float:
        """What those that began full waited, all together."""
        return sum(sum(each) - base[bucket] * len(each) for bucket, each in self.full.items())


class Limiter:
    """Belongs to the event loop; times are monotonic seconds."""

    __slots__ = ("_base", "_is_slow", "_most", "_probed_from", "_window", "_windows", "limit")

    def __init__(self, *, most: int = MOST) -> None:
        """Never above `most`."""
        self._most = most
        self.limit = min(START, most)
        self._base: dict[int, float] = {}
        """Lowest mean TTFT of a window, by bucket."""
        self._window: _Window | None = None
        self._windows = 0
        self._probed_from: int | None = None
        """The limit to go back to after a window at half of it."""
        self._is_slow = False
        """The first queue has been seen: from then on by one at a time."""

    def add(self, began: float, now: float, ttft_ms: float, *, bucket: int, is_full: bool) -> int:
        """One answer came; the limit from now on. `is_full`: with it as many ran as may."""
        window = self._window
        if window is None:
            window = self._window = _Window(began)
        if began < window.began:
            # Sent under the limit before this one.
            return self.limit
        window.add(ttft_ms, (now - began) * 1000, bucket=bucket, is_full=is_full)
        enough = max(LEAST_FULL, self.limit)
        if window.full_count >= enough or window.seen >= max(enough, LONGEST_WINDOW * self.limit):
            self._close(now, window)
        return self.limit

    def refused(self, now: float, began: float) -> int:
        """The target had too much, or did not answer in time; the limit from now on."""
        if self._window is None or began >= self._window.began:
            self._probed_from = None
            self._is_slow = True
            self._next(now, int(self.limit * BACKED_OFF))
        return self.limit

    def _close(self, now: float, window: _Window) -> None:
        means = {bucket: sum(each) / len(each) for bucket, each in window.base.items()}
        if self._probed_from is not None:
            self._base.update(means)
            back, self._probed_from = self._probed_from, None
            self._next(now, back)
            return
        for bucket, mean in means.items():
            self._base[bucket] = min(mean, self._base.get(bucket, mean))
        wanted = self.limit
        # Where there was room there was no queue to conclude anything from.
        if window.full_count >= LEAST_FULL:
            wanted = self._wanted(self.limit * window.late_ms(self._base) / window.durations_ms)
            self._windows += 1
            if self._windows % PROBE_EVERY == 0 and wanted > 1:
                self._probed_from, wanted = wanted, max(1, wanted // 2)
        self._next(now, wanted)

    def _wanted(self, queue: float) -> int:
        if queue > max(MANY, MANY_SHARE * self.limit):
            self._is_slow = True
            return max(self.limit - round(queue), self.limit // 2)
        if queue < FEW:
            return self.limit + 1 if self._is_slow else self.limit * 2
        return self.limit

    def _next(self, now: float, limit: int) -> None:
        self.limit = max(1, min(limit, self._most))
        self._window = _Window(now)
