"""Which requests to learn from: a fixed share, sooner where the estimate is unsure.

A contextual bandit with a budget: what it costs to explore is bounded by the share, whatever
the estimate says, and what it can do to quality by the floor below.
"""

from msgspec import Struct

from headgate.estimate.learning.gain import Prediction

LEAST, MOST = 0.5, 2.0
"""How much the width of an interval may move the chance of a request."""
NEWEST = 0.05
MOST_EARNED = 20.0
"""What was not used may be used later, up to so many requests."""
SAFE_LOSS = 0.05
"""Most quality that a request may be expected to lose by being sent to the weaker tier to
learn from it."""


class Explorer(Struct):
    """Draws requests to learn from; `share` of them, never more."""

    share: float
    width: float = 0.0
    """Usual width of an interval."""
    earned: float = 0.0

    def wants(self, prediction: Prediction, draw: float) -> bool:
        """Whether to learn from a request; `draw` is uniform from 0 to 1."""
        width = prediction.high - prediction.low
        self.width += (NEWEST if self.width else 1.0) * (width - self.width)
        self.earned = min(self.earned + self.share, MOST_EARNED)
        if self.earned < 1.0 - 1e-9:
            return False
        unsure = width / self.width if self.width else 1.0
        if draw >= min(MOST, max(LEAST, unsure)) / MOST:
            return False
        self.earned -= 1.0
        return True


def may_go_down(prediction: Prediction) -> bool:
    """Whether the weaker tier may answer a request of the stronger one to learn from it."""
    return prediction.high <= SAFE_LOSS
