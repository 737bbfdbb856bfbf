"""Prefer what costs less, and refuse what costs too much."""

from headgate.estimate.cost import expected_usd
from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict, Veto

_UNKNOWN = Penalty("its price is unknown")
# What stands here idle is bought already; the electricity it takes is the smaller part.
_IDLE_TIME = Penalty("its cost is unknown, and idle time of an own machine goes first")
# A step, not dollars: no sum of money can stand for a price nobody knows.
_UNKNOWN_LAST = Penalty(
    "its price is unknown, so it comes after those that are: set `price` or `cost` on it", 1
)


class Spend:
    """The expected cost of the request, as dollars of penalty.

    Dollars compare after steps: they rank targets where the route prefers `cost`, and only
    break ties elsewhere. An unknown price is never taken for a low one.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto a candidate over the route's `max_usd`, or whose price is unknown under one."""
        usd = _expected_usd(facts, candidate)
        most = facts.max_usd
        if usd is None:
            if most is not None and not candidate.is_local:
                return Veto(f"its price is unknown, and the route allows at most ${most:g}")
            if facts.prefer != "cost":
                return _UNKNOWN
            is_idle_time = facts.is_deferrable and candidate.is_local
            return _IDLE_TIME if is_idle_time else _UNKNOWN_LAST
        if most is not None and usd > most:
            return Veto(f"expected to cost ${usd:.6f}, more than the ${most:g} allowed")
        return Penalty(f"expected to cost ${usd:.6f}", 0, usd)


def _expected_usd(facts: RequestFacts, candidate: Candidate) -> float | None:
    return expected_usd(
        candidate.usd_per_input_mtok,
        candidate.usd_per_output_mtok,
        input_tokens=facts.input_tokens,
        output_tokens=facts.expected_output_tokens * facts.choices,
    )


RULE = Spend()
