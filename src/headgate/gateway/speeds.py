"""How fast a target has been: time to first token by length of prompt, generation, service.

Prompts are sorted into buckets, because reading takes time in proportion. Of each bucket the
newest `KEPT` times are kept. All of it belongs to the event loop; times are monotonic seconds.
"""

from bisect import insort
from collections import deque
from math import ceil
from statistics import fmean

from headgate.estimate.waiting import left_s

KEPT = 64
FRESH_S = 60.0
"""An older measurement says nothing: or one slow start would keep a target out for ever."""
WEIGHT_OF_NEWEST = 0.2
MOST_KINDS = 256
"""Of model and length: where clients name the model, they could name any number."""
LEAST_SPREAD = 0.25
"""Standard deviation over mean of what a line is fitted to, below which no slope is believed."""
LEAST_FITTED = 8
FITTED_DECAY = 0.98
"""A line forgets the older half of what it was fitted to after 34 more."""


def bucket_of(input_tokens: int) -> int:
    """Prompts of up to 255, 1023, 4095, … tokens."""
    return max(0, input_tokens.bit_length() - 7) // 2


class Recent:
    """The newest values of one kind, their moving average, and their percentiles."""

    __slots__ = ("_kept", "_sorted", "_variation", "average", "measured_at")

    def __init__(self) -> None:
        self._kept: deque[float] = deque()
        self._sorted: list[float] = []
        self._variation: float | None = None
        self.average: float | None = None
        self.measured_at = 0.0

    def add(self, now: float, value: float) -> None:
        """Take one measurement in, or begin anew where the last is too old."""
        if self.average is not None and not self.is_fresh(now):
            self._kept.clear()
            self._sorted.clear()
            self.average = None
        self.measured_at = now
        if len(self._kept) == KEPT:
            self._sorted.remove(self._kept.popleft())
        self._kept.append(value)
        insort(self._sorted, value)
        self._variation = None
        old = self.average
        self.average = value if old is None else old + WEIGHT_OF_NEWEST * (value - old)

    def is_fresh(self, now: float) -> bool:
        """Whether it still says something."""
        return self.average is not None and now - self.measured_at < FRESH_S

    def percentile(self, share: float) -> float:
        """The smallest kept value that `share` of them do not exceed; there must be one."""
        return self._sorted[max(1, ceil(share * len(self._sorted))) - 1]

    @property
    def variation(self) -> float:
        """The variance of what is kept over the square of its mean; there must be something."""
        if self._variation is None:
            mean = fmean(self._sorted)
            self._variation = fmean((v / mean - 1) ** 2 for v in self._sorted) if mean else 0.0
        return self._variation

    @property
    def values(self) -> list[float]:
        """In order of size."""
        return self._sorted


class Line:
    """A line through points, least squares, the older the less: y = at_zero + slope × x."""

    __slots__ = ("_n", "_x", "_xx", "_xy", "_y", "points")

    def __init__(self) -> None:
        self.points = 0
        self._n = self._x = self._y = self._xx = self._xy = 0.0

    def add(self, x: float, y: float) -> None:
        """One more point."""
        self.points += 1
        self._n = self._n * FITTED_DECAY + 1
        self._x = self._x * FITTED_DECAY + x
        self._y = self._y * FITTED_DECAY + y
        self._xx = self._xx * FITTED_DECAY + x * x
        self._xy = self._xy * FITTED_DECAY + x * y

    def fitted(self) -> tuple[float, float] | None:
        """`at_zero` and `slope`; `None` where the points do not show a rising line."""
        if self.points < LEAST_FITTED:
            return None
        mean_x, mean_y = self._x / self._n, self._y / self._n
        variance = self._xx / self._n - mean_x * mean_x
        if variance <= (LEAST_SPREAD * mean_x) ** 2:
            return None
        slope = (self._xy / self._n - mean_x * mean_y) / variance
        return (mean_y - slope * mean_x, slope) if slope > 0 else None


class Speeds:
    """What was measured of one target."""

    __slots__ = ("_reading", "_ttft", "_whole", "service")

    def __init__(self) -> None:
        self._ttft: dict[tuple[str, int], Recent] = {}
        self._reading = Line()
        """Milliseconds to first token over tokens read."""
        self._whole = Line()
        """Milliseconds to the end over tokens written, of answers that were not streamed."""
        self.service = Recent()
        """Seconds that a request holds its slot."""

    def started(
        self, now: float, ttft_ms: float, *, model: str, input_tokens: int, cached_tokens: int
    ) -> None:
        """A first token arrived."""
        key = (model, bucket_of(input_tokens))
        recent = self._ttft.get(key)
        if recent is None:
            if len(self._ttft) == MOST_KINDS:
                del self._ttft[next(iter(self._ttft))]
            recent = self._ttft[key] = Recent()
        recent.add(now, ttft_ms)
        self._reading.add(input_tokens - min(cached_tokens, input_tokens), ttft_ms)

    def ended(self, now: float, duration_s: float) -> None:
        """A slot was given up by a request that was answered."""
        self.service.add(now, duration_s)

    def whole(self, duration_ms: float, output_tokens: int) -> tuple[float, float] | None:
        """An answer came in one piece: time to first token and tokens/s, once a line shows them."""
        self._whole.add(output_tokens, duration_ms)
        fitted = self._whole.fitted()
        if fitted is None:
            return None
        at_zero, slope = fitted
        return max(0.0, at_zero), 1000 / slope

    def ttft(self, now: float, *, model: str, input_tokens: int) -> Recent | None:
        """Of prompts about as long, where that is fresh."""
        recent = self._ttft.get((model, bucket_of(input_tokens)))
        return recent if recent is not None and recent.is_fresh(now) else None

    def by_prompt(self, now: float) -> list[dict[str, object]]:
        """Fresh times to first token by model and longest prompt, to show them."""
        return [
            {
                "model": model,
                "below_tokens": 256 * 4**bucket,
                "mean_ms": recent.average,
                "p50_ms": recent.percentile(0.5),
                "p95_ms": recent.percentile(0.95),
            }
            for (model, bucket), recent in sorted(self._ttft.items())
            if recent.is_fresh(now)
        ]

    def service_ms(self, now: float) -> float | None:
        """How long requests have held their slots, on average; `None` where that is not fresh."""
        service = self.service
        if service.average is None or not service.is_fresh(now):
            return None
        return service.average * 1000

    def saved_ms(self, cached_tokens: int) -> float | None:
        """What reading so many tokens has taken; `None` where no slope is measured."""
        fitted = self._reading.fitted()
        return None if fitted is None else fitted[1] * cached_tokens

    def left_s(self, age_s: float) -> float | None:
        """What a request that has held its slot so long still takes; `None` before the first."""
        return left_s(age_s, self.service.values) if self.service.values else None
