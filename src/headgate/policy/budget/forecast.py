"""What will have been spent by the end of a period.

Past hours tell what such an hour costs, by the weekday and the hour of the day; recent weeks
count more. How far past days were from what that says of them gives the interval, as if days
were independent and their errors normal; with few days it is wider (Student's t).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from math import sqrt

from msgspec import Struct

from headgate.policy.budget.period import Period

HOUR_S = 3600
LOOKS_BACK_S = 35 * 24 * HOUR_S
WEEK_S = 7 * 24 * HOUR_S
KEPT_BY_WEEK = 0.7
"""A week's hours weigh so much of those of the week after it."""
PRIOR_HOURS = 1.0
"""The mean of all hours stands in each slot as if it had been seen for so long."""
FEWEST_DAYS = 3
FEWEST_HOURS = 24
_T_90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372)
"""90 % quantiles of Student's t; beyond ten degrees of freedom nearly 1.2816 · (1 + 1.3 / n)."""

Slot = tuple[int, int]


class Forecast(Struct, frozen=True):
    """Dollars spent by the end of the period."""

    usd: float
    low_usd: float | None
    high_usd: float | None
    """80 % of periods end between the two; `None` with too few days to tell."""


def forecast(
    spent_usd: float, by_hour: Mapping[int, float], period: Period, zone: tzinfo, now: float
) -> Forecast | None:
    """The spending of `period` at its end; `None` before a day of spending was seen.

    Args:
        spent_usd: Of this period, so far.
        by_hour: Dollars by the number of the hour since 1970; absent hours had none.
        period: The one that runs.
        zone: What weekdays and hours are those of.
        now: Unix seconds.
    """
    first = min(by_hour, default=int(now // HOUR_S))
    seen = range(first, int(now // HOUR_S))
    if len(seen) < FEWEST_HOURS:
        return None
    rates = _Rates(by_hour, seen, zone, now)
    rest = sum(share * rates.of(hour) for hour, share in _hours(now, period.ends_at))
    error = _error(by_hour, seen, zone, rates, days=(period.ends_at - now) / (24 * HOUR_S))
    usd = spent_usd + rest
    if error is None:
        return Forecast(usd, None, None)
    return Forecast(usd, max(spent_usd, usd - error), usd + error)


class _Rates:
    """What an hour costs."""

    def __init__(self, by_hour: Mapping[int, float], seen: range, zone: tzinfo, now: float) -> None:
        self._zone = zone
        weights: dict[Slot, float] = defaultdict(float)
        sums: dict[Slot, float] = defaultdict(float)
        for hour in seen:
            weight = KEPT_BY_WEEK ** ((now - hour * HOUR_S) // WEEK_S)
            for slot in (_slot(hour, zone), _EVERY):
                weights[slot] += weight
                sums[slot] += weight * by_hour.get(hour, 0.0)
        self._mean = sums[_EVERY] / weights[_EVERY] if weights[_EVERY] else 0.0
        self._weights, self._sums = weights, sums

    def of(self, hour: int) -> float:
        """Dollars expected in an hour."""
        slot = _slot(hour, self._zone)
        known = self._sums.get(slot, 0.0) + PRIOR_HOURS * self._mean
        return known / (self._weights.get(slot, 0.0) + PRIOR_HOURS)


_EVERY: Slot = (-1, -1)


def _slot(hour: int, zone: tzinfo) -> Slot:
    moment = datetime.fromtimestamp(hour * HOUR_S, zone)
    return moment.weekday(), moment.hour


def _hours(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Every hour between two moments, with the share of it that is."""
    for hour in range(int(start // HOUR_S), int(-(-end // HOUR_S))):
        share = min(end, (hour + 1) * HOUR_S) - max(start, hour * HOUR_S)
        yield hour, share / HOUR_S


def _error(
    by_hour: Mapping[int, float], seen: range, zone: tzinfo, rates: _Rates, *, days: float
) -> float | None:
    """Half the width of the interval."""
    errors: dict[object, float] = defaultdict(float)
    lengths: dict[object, int] = defaultdict(int)
    for hour in seen:
        day = datetime.fromtimestamp(hour * HOUR_S, zone).date()
        errors[day] += by_hour.get(hour, 0.0) - rates.of(hour)
        lengths[day] += 1
    whole = [errors[day] for day, length in lengths.items() if length >= 23]
    count = len(whole)
    if count < FEWEST_DAYS:
        return None
    # Each weekday's mean was fitted to these days, so they look closer to it than they are.
    freedom = count - min(7, count // 2)
    variance = sum(error * error for error in whole) / freedom
    quantile = _T_90[freedom - 1] if freedom <= len(_T_90) else 1.2816 * (1 + 1.3 / freedom)
    # Of the days to come, and of the mean that they are expected to have.
    return quantile * sqrt(variance * (days + days * days / count))
