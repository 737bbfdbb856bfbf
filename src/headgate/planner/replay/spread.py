"""Percentiles of any number of values in little memory."""

from collections import Counter
from math import exp, floor, log

PER_UNIT = 200
"""Steps of a natural logarithm: values are kept to half a per cent, either way a quarter."""
LEAST = 1e-3


class Spread:
    """Counts of values by magnitude."""

    __slots__ = ("_counts", "count")

    def __init__(self) -> None:
        """Nothing yet."""
        self._counts: Counter[int] = Counter()
        self.count = 0

    def add(self, value: float) -> None:
        """One more."""
        self._counts[floor(log(max(value, LEAST)) * PER_UNIT)] += 1
        self.count += 1

    def percentile(self, share: float) -> float | None:
        """The nearest rank; `None` without values."""
        if not self.count:
            return None
        rank, passed = round(share * (self.count - 1)), 0
        for step in sorted(self._counts):
            passed += self._counts[step]
            if passed > rank:
                return exp((step + 0.5) / PER_UNIT)
        raise AssertionError("the counts add up to `count`")
