"""Share traffic between targets by weight."""

from functools import lru_cache

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict
from headgate.policy.weights import MOST_DRAWN, SPLIT_STEPS

_NO_SPLIT = Penalty("the route does not split its traffic")
_UNWEIGHTED = Penalty("has no part in the split", MOST_DRAWN * SPLIT_STEPS)


class Split:
    """The order drawn for the request: the first place goes to each as often as it weighs."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Prefer what was drawn first; never refuse, so that there is something to fall back on."""
        if facts.draw is None:
            return _NO_SPLIT
        if candidate.drawn is None or candidate.weight is None:
            return _UNWEIGHTED
        return _drawn(candidate.weight, candidate.drawn)


# Weights are configured, and places few.
@lru_cache(maxsize=4096)
def _drawn(weight: float, drawn: int) -> Penalty:
    reason = f"weighs {weight:g}, and was drawn as number {drawn + 1}"
    return Penalty(reason, min(drawn, MOST_DRAWN) * SPLIT_STEPS)


RULE = Split()
