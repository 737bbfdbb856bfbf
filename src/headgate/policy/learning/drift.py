"""Notices that traffic has changed, by labels that turn out other than expected.

Page's test (Biometrika 41, 1954), three times: labels above what was expected, labels below,
and labels that go the other way than the estimate told them apart. A run of surprises adds
up, single ones wear off, and none counts for more than `MOST`: gains are mostly 0, and now and
then 1 or -1.
"""

from math import sqrt

from msgspec import Struct, field

TOLERATED = 0.25
"""Standard deviations that a surprise must exceed to count: half the shift to be noticed."""
ALARM = 16.0
"""Standard deviations that must add up. With what is tolerated, once in about 3,000 labels of
unchanged traffic, and 60 labels (90 % of times: 100) after the gain has changed its sign."""
MOST = 2.5
WARM_UP = 50
"""Labels before what is usual is known."""
NEWEST = 0.004


class Usual(Struct):
    """A running mean square."""

    square: float = 0.0

    def scaled(self, value: float, labels: int) -> float:
        """`value` in root mean squares, `MOST` at most, after which it counts among them."""
        scale = sqrt(self.square) or 1.0
        self.square += max(NEWEST, 1 / labels) * (value * value - self.square)
        return max(-MOST, min(MOST, value / scale))


class Drift(Struct):
    """What has added up since the last alarm."""

    labels: int = 0
    above: float = 0.0
    below: float = 0.0
    against: float = 0.0
    missed: Usual = field(default_factory=Usual)
    turned: Usual = field(default_factory=Usual)
    alarms: int = 0

    def saw(self, told_apart: float, missed: float) -> bool:
        """Take in one label; whether it gives the alarm, after which it all starts over.

        Args:
            told_apart: What was expected, less what is expected of any prompt.
            missed: The label, less what was expected.
        """
        self.labels += 1
        residual = self.missed.scaled(missed, self.labels)
        turned = self.turned.scaled(-told_apart * missed, self.labels)
        if self.labels <= WARM_UP:
            return False
        self.above = max(0.0, self.above + residual - TOLERATED)
        self.below = max(0.0, self.below - residual - TOLERATED)
        self.against = max(0.0, self.against + turned - TOLERATED)
        if max(self.above, self.below, self.against) <= ALARM:
            return False
        self.alarms += 1
        self.labels, self.above, self.below, self.against = 0, 0.0, 0.0, 0.0
        self.missed, self.turned = Usual(), Usual()
        return True
