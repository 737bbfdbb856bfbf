"""Prefer what is expected to start in time, as it has been doing."""

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict
from headgate.policy.weights import SPILL_STEPS

_NONE = Penalty("the route promises no time to first output")
# Not behind the others: what is never tried is never measured.
_UNMEASURED = Penalty("its time to first output is not measured yet")


class Slo:
    """The 95th percentile of time to first output for such prompts, after the predicted wait."""

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Put a candidate behind the others where it is above the route's `slo.ttft_ms`."""
        most_ms = facts.slo_ttft_ms
        if most_ms is None:
            return _NONE
        p95_ms = candidate.p95_ttft_ms
        before_ms = (candidate.wait_ms or 0.0) + (candidate.load_ms or 0.0)
        if p95_ms is None and not before_ms:
            return _UNMEASURED
        expected_ms = before_ms + (p95_ms or 0.0)
        said = f"19 of 20 such requests are expected to start within {expected_ms:.0f} ms"
        if expected_ms > most_ms:
            return Penalty(f"{said}, more than the {most_ms:g} promised", SPILL_STEPS)
        return Penalty(said)


RULE = Slo()
