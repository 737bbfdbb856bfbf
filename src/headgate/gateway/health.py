"""How a target has been doing: a circuit breaker and measured speed.

The breaker counts failures in a row. At `FAILURES_TO_OPEN` the target rests for
`REST_S`, twice as long after each failed probe up to `LONGEST_REST_S`; then exactly one
request may probe it. A 429 rests it for as long as the backend asked.
"""

from headgate.policy.decision import Breaker

FAILURES_TO_OPEN = 5
REST_S = 10.0
LONGEST_REST_S = 120.0
WEIGHT_OF_NEWEST = 0.2
SPEED_IS_KNOWN_FOR_S = 60.0
"""An older measurement says nothing: or one slow start would keep a target out for ever."""


class Health:
    """State of one target. Belongs to the event loop; times are monotonic seconds."""

    __slots__ = (
        "failures_in_a_row",
        "in_flight",
        "measured_at",
        "output_tokens_per_s",
        "probing",
        "rest_s",
        "rests_until",
        "ttft_ms",
    )

    def __init__(self) -> None:
        self.in_flight = 0
        self.failures_in_a_row = 0
        self.rest_s = REST_S
        self.rests_until: float | None = None
        self.probing = False
        self.ttft_ms: float | None = None
        self.output_tokens_per_s: float | None = None
        self.measured_at = 0.0

    def breaker(self, now: float) -> Breaker:
        """Whether requests may go to the target."""
        if self.rests_until is None:
            return "closed"
        if now < self.rests_until:
            return "open"
        if self.failures_in_a_row < FAILURES_TO_OPEN:
            # It had only asked for the rest, so it need not prove itself.
            return "closed"
        return "open" if self.probing else "half_open"

    def begin(self, now: float) -> bool:
        """A request starts; whether it is the probe of a half-open breaker."""
        self.in_flight += 1
        is_probe = self.breaker(now) == "half_open"
        self.probing = self.probing or is_probe
        return is_probe

    def end(self, *, was_probe: bool) -> None:
        """The request is over, whatever became of it."""
        self.in_flight -= 1
        if was_probe:
            self.probing = False

    def succeeded(self) -> None:
        """The target answered."""
        self.failures_in_a_row = 0
        self.rest_s = REST_S
        self.rests_until = None

    def failed(self, now: float) -> None:
        """The target failed in a way that is its own fault."""
        self.failures_in_a_row += 1
        if self.resting_s(now) is not None:
            # Sent before the rest began: that it fails, too, is no news.
            return
        if self.failures_in_a_row >= FAILURES_TO_OPEN:
            self.rests_until = now + self.rest_s
            self.rest_s = min(self.rest_s * 2, LONGEST_REST_S)

    def rest(self, now: float, for_s: float) -> None:
        """The target asked to be left alone."""
        self.rests_until = max(self.rests_until or 0.0, now + min(for_s, LONGEST_REST_S))

    def resting_s(self, now: float) -> float | None:
        """Seconds until it may be tried again; `None` when it may be now."""
        if self.rests_until is None or now >= self.rests_until:
            return None
        return self.rests_until - now

    def has_fresh_speed(self, now: float) -> bool:
        """Whether the averages still say something."""
        return self.ttft_ms is not None and now - self.measured_at < SPEED_IS_KNOWN_FOR_S

    def measured(
        self, now: float, *, ttft_ms: float | None, output_tokens_per_s: float | None
    ) -> None:
        """Take one answer's speed into the moving averages, or begin new ones."""
        if ttft_ms is None:
            return
        if not self.has_fresh_speed(now):
            self.ttft_ms = self.output_tokens_per_s = None
        self.measured_at = now
        self.ttft_ms = _moved(self.ttft_ms, ttft_ms)
        self.output_tokens_per_s = _moved(self.output_tokens_per_s, output_tokens_per_s)


def _moved(average: float | None, newest: float | None) -> float | None:
    if newest is None or average is None:
        return average if newest is None else newest
    return average + WEIGHT_OF_NEWEST * (newest - average)
