"""Let a target that keeps failing rest."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_CLOSED = Penalty("has not been failing")
# No step: ranked behind healthy targets it would never be tried, and so never recover.
_HALF_OPEN = Penalty("has rested after failures and may be tried once")
_OPEN = Veto("resting after failures")


class Breaker:
    """The circuit breaker's state, kept by the gateway."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate whose breaker is open."""
        if candidate.breaker == "closed":
            return _CLOSED
        return _OPEN if candidate.breaker == "open" else _HALF_OPEN


RULE = Breaker()
