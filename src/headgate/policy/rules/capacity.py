"""Refuse a target with no room for another request."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_UNBOUNDED = Penalty("has no limit of requests at once")
_FREE = Penalty("has a free slot")


class Capacity:
    """Requests in flight against the target's `max_concurrency`."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that is full."""
        slots = candidate.max_concurrency
        if slots is None:
            return _UNBOUNDED
        if candidate.in_flight < slots:
            return _FREE
        return Veto(f"all {slots} slots are busy" if slots != 1 else "its only slot is busy")


RULE = Capacity()
