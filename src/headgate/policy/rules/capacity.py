"""Refuse a target with no room for another request, not even in its queue."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_UNBOUNDED = Penalty("has no limit of requests at once")
_FREE = Penalty("has a free slot")
_WAITS = Penalty("all its slots are busy, and the request may wait")


class Capacity:
    """Requests in flight against its slots, and those that wait against its queue."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate that is full, unless the route waits and there is room to."""
        slots = candidate.max_concurrency
        if slots is None:
            return _UNBOUNDED
        if candidate.in_flight < slots:
            return _FREE
        busy = f"all {slots} slots are busy" if slots != 1 else "its only slot is busy"
        if facts.max_wait_ms is None:
            return Veto(busy)
        most = candidate.max_waiting
        if most is not None and candidate.waiting >= most:
            return Veto(f"{busy}, and {candidate.waiting} requests wait for one")
        if _is_too_late(facts.deadline_ms, candidate.wait_ms):
            return Veto(
                f"{busy} for about {candidate.wait_ms:.0f} ms more, "
                f"and the deadline is in {facts.deadline_ms:g}"
            )
        return _WAITS


def _is_too_late(deadline_ms: float | None, wait_ms: float | None) -> bool:
    return deadline_ms is not None and wait_ms is not None and wait_ms > deadline_ms


RULE = Capacity()
