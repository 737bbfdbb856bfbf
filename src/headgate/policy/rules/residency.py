"""Keep data inside the regions a route allows."""

from functools import lru_cache

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_ANYWHERE = Penalty("any region is allowed")
_UNKNOWN = Veto("its region is unknown: set `region` on the target")


class Residency:
    """Regions are compared as written: `de` is not in `eu` unless the route names both.

    An unknown region counts as a forbidden one, for local targets too: only whoever runs
    the machine knows where it stands.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that computes elsewhere, or nobody knows where."""
        allowed = facts.allowed_regions
        if allowed is None:
            return _ANYWHERE
        region = candidate.region
        if region is None:
            return _UNKNOWN
        if region in allowed:
            return _allowed(region)
        wanted = ", ".join(f"`{region}`" for region in sorted(allowed))
        return Veto(f"`{region}` is not in {wanted}")


# Regions are configured, and few.
@lru_cache(maxsize=256)
def _allowed(region: str) -> Penalty:
    return Penalty(f"`{region}` is allowed")


RULE = Residency()
