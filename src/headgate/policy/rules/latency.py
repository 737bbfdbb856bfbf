"""Prefer what answers sooner, and refuse what is known to be too slow to start."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

MOST_STEPS = 10**8
"""Over a day in milliseconds; keeps speed from ever outweighing a tier."""

_NO_OPINION = Penalty("the route does not ask for speed")
# Not the last place: what is never tried is never measured.
_UNMEASURED = Penalty("its speed is not measured yet")


class Latency:
    """A step for each millisecond to the end of the expected answer, as measured here.

    Before the measured time to first output stand the wait for a slot and the loading of a
    model; what the target has cached of the prompt is taken off it.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate measured above the route's `max_ttft_ms`."""
        ttft_ms, most = candidate.ttft_ms, facts.max_ttft_ms
        if most is not None and ttft_ms is not None and ttft_ms > most:
            return Veto(f"starts to answer after {ttft_ms:.0f} ms, more than the {most:g} allowed")
        if facts.prefer != "latency":
            return _NO_OPINION
        before_ms = (candidate.wait_ms or 0.0) + (candidate.load_ms or 0.0)
        if ttft_ms is None:
            return _unmeasured(before_ms) if before_ms else _UNMEASURED
        reading_ms = max(0.0, ttft_ms - (candidate.saved_ms or 0.0))
        total_ms = before_ms + reading_ms + _generating_ms(facts, candidate)
        return Penalty(f"expected to take {total_ms:.0f} ms", round(min(total_ms, MOST_STEPS)))


def _unmeasured(before_ms: float) -> Penalty:
    """What is known of it: it cannot begin before that."""
    reason = f"begins in about {before_ms:.0f} ms; its speed is not measured yet"
    return Penalty(reason, round(min(before_ms, MOST_STEPS)))


def _generating_ms(facts: RequestFacts, candidate: Candidate) -> float:
    """From the first token to the last; 0 where the speed is not measured."""
    if not candidate.output_tokens_per_s:
        return 0.0
    return facts.expected_output_tokens * 1000 / candidate.output_tokens_per_s


RULE = Latency()
