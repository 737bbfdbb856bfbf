"""Keep within budgets: weaker and cheaper first, then only what is not paid for."""

from headgate.estimate.cost import expected_usd
from headgate.policy.decision import Bend, Candidate, Penalty, RequestFacts, Verdict, Veto
from headgate.policy.weights import (
    BEND_STEPS,
    CHEAPER_STEPS,
    MOST_BENT_TIERS,
    MOST_CHEAPER,
)

_EVEN = Penalty("no budget it counts against bends")
MICRO_USD = 1e6


class Budget:
    """The tightest budget of the request, and that of the target.

    Nothing is paid for an own machine without a `price`, whatever its time costs, nor where
    both prices are known to be 0.
    """

    def judge(self, facts: RequestFacts, candidate: Candidate) -> Verdict:
        """Veto what is paid for once a budget says so; before that, prefer what costs less."""
        for bend in (facts.bend, candidate.bend):
            if bend is not None and bend.how != "tiers_down" and _is_paid(candidate):
                return Veto(_refusal(bend))
        bend = facts.bend or candidate.bend
        if bend is None:
            return _EVEN
        if not _is_paid(candidate):
            return Penalty(f"{_said(bend)}, and nothing is paid for it", _tier_steps(candidate))
        return _down(facts, candidate, bend)


def _is_paid(candidate: Candidate) -> bool:
    is_free = candidate.usd_per_input_mtok == 0 and candidate.usd_per_output_mtok == 0
    return not candidate.is_unbilled and not is_free


def _said(bend: Bend) -> str:
    return f"budget `{bend.budget}` is used to {bend.spent:.0%}"


def _refusal(bend: Bend) -> str:
    until = f" until {bend.resets}" if bend.resets else ""
    if bend.how == "refuse":
        return f"budget `{bend.budget}` is spent{until}, and it is paid for"
    return f"{_said(bend)}: only what is not paid for may be used{until}"


def _tier_steps(candidate: Candidate) -> int:
    return min(candidate.tier or 0, MOST_BENT_TIERS) * BEND_STEPS


def _down(facts: RequestFacts, candidate: Candidate, bend: Bend) -> Penalty:
    usd = expected_usd(
        candidate.usd_per_input_mtok,
        candidate.usd_per_output_mtok,
        input_tokens=facts.input_tokens,
        output_tokens=facts.expected_output_tokens * facts.choices,
    )
    dearness = MOST_CHEAPER if usd is None else min(round(usd * MICRO_USD), MOST_CHEAPER)
    steps = _tier_steps(candidate) + CHEAPER_STEPS * dearness
    wanted = "weaker tiers, then cheaper targets, go first"
    return Penalty(f"{_said(bend)}: {wanted}", steps)


RULE = Budget()
