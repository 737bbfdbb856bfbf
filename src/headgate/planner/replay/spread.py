"""Percentiles of any number of values in little memory."""

from collections import defaultdict
from math import exp, log

PER_UNIT = 200
"""Steps of a natural logarithm: values are kept to half a per cent, either way a quarter."""
LEAST = 1e-3
OFFSET = 2_000
"""More steps than there are below 1, down to `LEAST`."""


class Spread:
    """Counts of values by magnitude."""

    __slots__ = ("_counts", "count")

    def __init__(self) -> None:
        """Nothing yet."""
        self._counts: defaultdict[int, int] = defaultdict(int)
        self.count = 0

    def add(self, value: float) -> None:
        """One more."""
        step = log(value if value > LEAST else LEAST) * PER_UNIT
        self._counts[int(step + OFFSET)] += 1
        self.count += 1

    def percentile(self, share: float) -> float | None:
        """The nearest rank; `None` without values."""
        if not self.count:
            return None
        rank, passed = round(share * (self.count - 1)), 0
        for step in sorted(self._counts):
            passed += self._counts[step]
            if passed > rank:
                return exp((step - OFFSET + 0.5) / PER_UNIT)
        raise AssertionError("the counts add up to `count`")
