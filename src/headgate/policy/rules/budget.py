"""Keep within budgets: weaker and cheaper first, then only what is not paid for."""

from functools import lru_cache

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
        of_request, of_target = facts.bend, candidate.bend
        bend = of_request or of_target
        if bend is None:
            return _EVEN
        if not _is_paid(candidate):
            return Penalty(_unpaid(bend.budget, bend.spent), _tier_steps(candidate))
        if of_request is not None and of_request.how != "tiers_down":
            return Veto(_refusal(of_request))
        if of_target is not None and of_target.how != "tiers_down":
            return Veto(_refusal(of_target))
        return _down(facts, candidate, bend)


def _is_paid(candidate: Candidate) -> bool:
    if candidate.is_unbilled:
        return False
    return candidate.usd_per_input_mtok != 0 or candidate.usd_per_output_mtok != 0


# Said again for each candidate of a request: formatted once.
@lru_cache(maxsize=256)
def _said(budget: str, spent: float) -> str:
    return f"budget `{budget}` is used to {spent:.0%}"


@lru_cache(maxsize=256)
def _unpaid(budget: str, spent: float) -> str:
    return f"{_said(budget, spent)}, and nothing is paid for it"


@lru_cache(maxsize=256)
def _wanted(budget: str, spent: float) -> str:
    return f"{_said(budget, spent)}: weaker tiers, then cheaper targets, go first"


def _refusal(bend: Bend) -> str:
    until = f" until {bend.resets}" if bend.resets else ""
    if bend.how == "refuse":
        return f"budget `{bend.budget}` is spent{until}, and it is paid for"
    return f"{_said(bend.budget, bend.spent)}: only what is not paid for may be used{until}"


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
    return Penalty(_wanted(bend.budget, bend.spent), steps)


RULE = Budget()
