"""Keep a conversation where its beginning has been read, unless waiting there costs more."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict
from headgate.policy.weights import AFFINITY_STEPS

PARTS = 10
"""Of a prompt: one more that is cached outweighs the order of targets, and less does not."""

_NOT_ASKED = Penalty("the route does not look at what is cached")
_BY_SPEED = Penalty("what is cached counts as the time it saves")
_NOTHING = Penalty("is not known to have read the prompt's beginning", PARTS * AFFINITY_STEPS)


class Affinity:
    """A step for each tenth of the prompt that has to be read again."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Prefer what has read more, where the time that saves is not lost to waiting."""
        if not facts.keeps_cache:
            return _NOT_ASKED
        if facts.prefer == "latency":
            return _BY_SPEED
        cached = candidate.cached_tokens
        if not cached:
            return _NOTHING
        said = f"has read about {cached} of {facts.input_tokens} tokens lately"
        saved_ms, wait_ms = candidate.saved_ms, _before_ms(candidate)
        if saved_ms is not None and wait_ms > saved_ms:
            why = f"{said}, but waiting takes {wait_ms:.0f} ms and reading them {saved_ms:.0f}"
            return Penalty(why, PARTS * AFFINITY_STEPS)
        share = min(1.0, cached / max(1, facts.input_tokens))
        return Penalty(said, round(PARTS * (1 - share)) * AFFINITY_STEPS)


def _before_ms(candidate: Candidate) -> float:
    return (candidate.wait_ms or 0.0) + (candidate.load_ms or 0.0)


RULE = Affinity()
