"""Keep a session where it was."""

from functools import lru_cache

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict
from headgate.policy.weights import SESSION_STEPS

_FREE = Penalty("no target holds the session")
_HOLDS = Penalty("served the session before")


class Stickiness:
    """The target that served the session before, where the route keeps sessions together."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Prefer it; what it cannot serve goes elsewhere all the same."""
        if facts.held_by is None:
            return _FREE
        if candidate.name == facts.held_by:
            return _HOLDS
        return _held_elsewhere(facts.held_by)


# Once for each target there is.
@lru_cache(maxsize=1024)
def _held_elsewhere(target: str) -> Penalty:
    return Penalty(f"`{target}` served the session before", SESSION_STEPS)


RULE = Stickiness()
