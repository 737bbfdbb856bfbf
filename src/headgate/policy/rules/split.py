"""Share traffic between targets by weight."""

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
        place = min(candidate.drawn, MOST_DRAWN)
        reason = f"weighs {candidate.weight:g}, and was drawn as number {candidate.drawn + 1}"
        return Penalty(reason, place * SPLIT_STEPS)


RULE = Split()
