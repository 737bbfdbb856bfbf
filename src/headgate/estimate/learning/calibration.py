"""From predicted gains to a cut: so much of the traffic, or so much of the quality.

A prediction says little by itself: what counts is where it stands among those of the
traffic that came lately. The cut follows the traffic, and a small feedback sees to it that
the share that was asked for is the share that comes out, whatever drifts meanwhile.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from math import floor

WINDOW = 1024
"""Predictions that a cut rests on."""
CAUGHT_UP_IN = 50
"""Requests over which a share that came out wrong is made good."""


class ShareCut:
    """The cut above which a share of the traffic lies; belongs to one loop."""

    def __init__(self, share: float, recent: Iterable[float] = ()) -> None:
        """`share` of the traffic, 0 to 1, is to lie above; `recent` predictions, oldest first."""
        self.share = share
        self._recent: deque[float] = deque(recent, WINDOW)
        self._sorted = sorted(self._recent)
        self._owed = 0.0
        """Requests that should have lain above, and did not; negative: too many did."""

    @property
    def recent(self) -> Sequence[float]:
        """The predictions it rests on, oldest first."""
        return tuple(self._recent)

    def cut(self) -> float:
        """Gains above it are asked for; equal ones as the share needs."""
        if not self._sorted:
            return 0.0
        share = min(1.0, max(0.0, self.share + self._owed / CAUGHT_UP_IN))
        place = floor((1 - share) * len(self._sorted))
        return self._sorted[min(place, len(self._sorted) - 1)]

    def is_above(self, gain: float) -> bool:
        """Whether a prediction asks for the stronger side; takes it into the traffic."""
        cut = self.cut()
        if 0 < self.share < 1:
            # Many prompts look alike: of those at the cut itself, as many as are owed.
            is_owed = self._owed + self.share >= 0.5
            above = is_owed if gain == cut or not self._sorted else gain > cut
        else:
            above = self.share >= 1
        self._owed += self.share - above
        self._take(gain)
        return above

    def _take(self, gain: float) -> None:
        if len(self._recent) == WINDOW:
            del self._sorted[bisect_left(self._sorted, self._recent[0])]
        self._recent.append(gain)
        insort(self._sorted, gain)


def share_for_quality(gains: Sequence[float], wanted: float) -> float:
    """The smallest share to send up, greatest gains first, that recovers `wanted` of the gap.

    Args:
        gains: Predicted for recent traffic.
        wanted: 0 to 1, of what sending everything up would bring.

    Where nothing is to be gained by all together, nothing goes up.
    """
    total = sum(gains)
    if total <= 0 or not gains:
        return 0.0
    reached = 0.0
    for count, gain in enumerate(sorted(gains, reverse=True), 1):
        reached += gain
        if reached >= wanted * total - 1e-12:
            return count / len(gains)
    return 1.0
