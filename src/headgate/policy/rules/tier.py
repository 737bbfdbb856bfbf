"""Send a request to the tier its complexity asks for."""

from functools import lru_cache

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict

TIER_STEPS = 5 * 10**10
"""More than the steps of all other rules together, so that nothing else moves a tier."""
WEAKER_STEPS = 10**13
"""A stronger tier answers, at a price; a weaker one may not, so it is the last resort."""

_NO_TIERS = Penalty("the route has no tiers")
_SAME = Penalty("in the tier the request asks for")


class Tier:
    """The tier asked for, then stronger ones, nearest first, then weaker ones."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Prefer the tier asked for; never refuse, so that there is something to fall back on."""
        if facts.tier is None or candidate.tier is None:
            return _NO_TIERS
        distance = candidate.tier - facts.tier
        return _away(distance) if distance else _SAME


# Tiers are few.
@lru_cache(maxsize=256)
def _away(distance: int) -> Penalty:
    if distance > 0:
        return Penalty(f"{distance} above the tier asked for", distance * TIER_STEPS)
    return Penalty(f"{-distance} below the tier asked for", WEAKER_STEPS - distance * TIER_STEPS)


RULE = Tier()
