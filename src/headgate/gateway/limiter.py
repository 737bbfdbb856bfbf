"""How many requests at once a target takes before it lets them wait, found by trying.

For targets whose slots nobody knows. By Little's law (1961) the requests that wait inside the
target are its throughput times what they wait, and that is the time to first token beyond
what it was without a queue:

    queue = requests per second × (mean TTFT − TTFT without a queue)

As in TCP Vegas (Brakmo, Peterson 1995) the limit goes up by one while the queue is shorter
than `FEW`, and down by the queue when it is longer than `MANY`. The TTFT without a queue is
measured anew, at half the limit, every `PROBE_EVERY` windows, as in BBR (Cardwell et al.
2016); if it only ever followed what is measured it would creep up with the queue. Lengths of
prompts are kept apart.
"""

from collections import defaultdict

START = 4
MOST = 256
FEW, MANY = 0.5, 1.5
MANY_SHARE = 0.1
"""Of a large limit; its queue cannot be measured to one request."""
LEAST_SAMPLES = 12
PROBE_EVERY = 20
BACKED_OFF = 0.7
"""Of the limit stays when the target refuses or does not answer in time."""


class Limiter:
    """Belongs to the event loop; times are monotonic seconds."""

    __slots__ = (
        "_base",
        "_begun",
        "_is_slow",
        "_most",
        "_probes",
        "_samples",
        "_was_full",
        "_windows",
        "limit",
    )

    def __init__(self, *, most: int = MOST) -> None:
        """Never above `most`."""
        self._most = most
        self.limit = min(START, most)
        self._base: dict[int, float] = {}
        """Lowest mean TTFT of a window, by bucket."""
        self._begun: float | None = None
        self._samples: dict[int, list[float]] = defaultdict(list)
        self._was_full = False
        self._windows = 0
        self._probes: int | None = None
        """The limit to go back to after a window at half of it."""
        self._is_slow = False
        """The first queue has been seen: from then on by one at a time."""

    def add(self, began: float, now: float, ttft_ms: float, *, bucket: int, is_full: bool) -> int:
        """One answer came; the limit from now on. `is_full`: as many run as may."""
        if self._begun is None:
            self._begun = now
        if began < self._begun:
            # Sent under the limit before this one.
            return self.limit
        self._samples[bucket].append(ttft_ms)
        self._was_full = self._was_full or is_full
        if sum(map(len, self._samples.values())) >= max(LEAST_SAMPLES, 2 * self.limit):
            self._close(now)
        return self.limit

    def refused(self, now: float, began: float) -> int:
        """The target had too much, or did not answer in time; the limit from now on."""
        if self._begun is None or began >= self._begun:
            self._probes = None
            self._is_slow = True
            self._next(now, int(self.limit * BACKED_OFF))
        return self.limit

    def _close(self, now: float) -> None:
        assert self._begun is not None
        means = {bucket: sum(each) / len(each) for bucket, each in self._samples.items()}
        if self._probes is not None:
            self._base.update(means)
            back, self._probes = self._probes, None
            self._next(now, back)
            return
        for bucket, mean in means.items():
            self._base[bucket] = min(mean, self._base.get(bucket, mean))
        late_ms = sum(
            (means[bucket] - self._base[bucket]) * len(each)
            for bucket, each in self._samples.items()
        )
        queue = late_ms / 1000 / max(now - self._begun, 1e-6)
        # Where there is room there is no queue to creep up with.
        self._windows += self._was_full
        wanted = self._wanted(queue)
        if self._was_full and self._windows % PROBE_EVERY == 0 and wanted > 1:
            self._probes, wanted = wanted, max(1, wanted // 2)
        self._next(now, wanted)

    def _wanted(self, queue: float) -> int:
        if queue > max(MANY, MANY_SHARE * self.limit):
            self._is_slow = True
            return max(self.limit - round(queue), self.limit // 2)
        if queue < FEW and self._was_full:
            return self.limit + 1 if self._is_slow else self.limit * 2
        return self.limit

    def _next(self, now: float, limit: int) -> None:
        self.limit = max(1, min(limit, self._most))
        self._begun = now
        self._samples.clear()
        self._was_full = False
