"""Send what would wait too long for a slot, or for a model to load, elsewhere."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict
from headgate.policy.weights import SPILL_STEPS, WAIT_STEPS

_NEVER_WAITS = Penalty("the route does not wait for slots")
_AT_ONCE = Penalty("can begin at once")
# So that waiting and paying compare by the route's order, and an own machine that is free by none.
_AT_ONCE_ELSEWHERE = Penalty("can begin at once; an own machine that can goes first", WAIT_STEPS)
# An unknown wait is not a short one; it is known as soon as one request has ended.
_UNKNOWN = Penalty("all its slots are busy, for nobody knows how long", SPILL_STEPS)


class Spill:
    """The predicted wait against the route's `wait.max_ms`.

    Never a refusal: where nothing else may serve the request, it waits. Within the limit it
    waits rather than goes to a target further down, unless that is an own machine, too.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Put a candidate behind the others where the wait is longer than the route allows."""
        most_ms = facts.max_wait_ms
        if most_ms is None:
            return _NEVER_WAITS
        wait_ms = 0.0
        slots = candidate.max_concurrency
        if slots is not None and candidate.in_flight >= slots:
            if candidate.wait_ms is None:
                return _UNKNOWN
            wait_ms = candidate.wait_ms
        wait_ms += candidate.load_ms or 0.0
        ranks_by_time = facts.prefer == "latency"
        if not wait_ms:
            return _AT_ONCE if candidate.is_local or ranks_by_time else _AT_ONCE_ELSEWHERE
        if wait_ms > most_ms:
            reason = f"begins in about {wait_ms:.0f} ms, and the route waits {most_ms:g} at most"
            return Penalty(reason, SPILL_STEPS)
        return Penalty(f"begins in about {wait_ms:.0f} ms", 0 if ranks_by_time else WAIT_STEPS)


RULE = Spill()
