"""Serve nobody from a target that only gets copies."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_COPIES = Veto("it gets copies of requests, and answers nobody")
_SERVES = Penalty("it answers requests")


class Mirror:
    """No request is answered by a target that the route names under `mirror` alone."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto what only mirrors; the copy itself is judged by all other rules."""
        return _COPIES if candidate.only_mirrors else _SERVES


RULE = Mirror()
