"""Use targets in their hours only."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_ALWAYS = Penalty("may be used at any hour")


class Schedule:
    """The hours of a target, as the gateway's clock has them."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate outside of its hours."""
        if candidate.hours is None:
            return _ALWAYS
        if candidate.is_open:
            return Penalty(f"within its hours ({candidate.hours})")
        return Veto(f"outside of its hours ({candidate.hours})")


RULE = Schedule()
