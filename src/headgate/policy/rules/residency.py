"""Keep data inside the regions a route allows."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_ANYWHERE = Penalty("any region is allowed")


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
        if candidate.region is None:
            return Veto("its region is unknown: set `region` on the target")
        if candidate.region in allowed:
            return Penalty(f"`{candidate.region}` is allowed")
        wanted = ", ".join(f"`{region}`" for region in sorted(allowed))
        return Veto(f"`{candidate.region}` is not in {wanted}")


RULE = Residency()
