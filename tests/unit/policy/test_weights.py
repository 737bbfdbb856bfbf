"""Precedence: every level outweighs all that is below it, together."""

from importlib import import_module
from typing import Any

import pytest

from headgate.policy.decision import Applied, Bend, Candidate, Penalty, RequestFacts
from headgate.policy.registry import all_rules
from headgate.policy.weights import (
    AFFINITY_STEPS,
    BEND_STEPS,
    CHEAPER_STEPS,
    MOST_BENT_TIERS,
    MOST_CHEAPER,
    MOST_DRAWN,
    MOST_WISHES,
    PREFER_STEPS,
    SESSION_STEPS,
    SPILL_STEPS,
    SPLIT_STEPS,
    WAIT_STEPS,
)

BELOW_SESSIONS = 2 * SPILL_STEPS + 10**8 + 10**6
"""Too late, twice, the longest answer, and all that is less."""
MOST_PLACES = 900
"""Of a route; a longer list would take steps from the level above."""
MOST_TIERS = 32
PARTS = 10
"""Of a prompt, for affinity."""
LONGEST_ANSWER_STEPS = 10**8
"""What `latency` gives at most."""


def test_waiting_outweighs_the_order_of_targets() -> None:
    assert WAIT_STEPS > MOST_PLACES


def test_what_is_cached_outweighs_waiting() -> None:
    assert AFFINITY_STEPS > WAIT_STEPS + MOST_PLACES


def test_too_late_outweighs_cache_order_and_speed() -> None:
    assert SPILL_STEPS > PARTS * AFFINITY_STEPS + WAIT_STEPS + LONGEST_ANSWER_STEPS


def test_a_budget_that_bends_outweighs_tiers_and_tiers_of_it_outweigh_prices() -> None:
    tier = import_module("headgate.policy.rules.tier")
    assert CHEAPER_STEPS > 2 * SPILL_STEPS + LONGEST_ANSWER_STEPS
    most_of_tiers = tier.WEAKER_STEPS + MOST_TIERS * tier.TIER_STEPS
    most_wished = PREFER_STEPS * (2**MOST_WISHES - 1)
    below_tiers = MOST_DRAWN * SPLIT_STEPS + SESSION_STEPS + BELOW_SESSIONS
    most = MOST_CHEAPER * CHEAPER_STEPS + most_of_tiers + most_wished + below_tiers
    assert most < BEND_STEPS


def test_what_a_rule_prefers_outweighs_tiers_and_splits_outweigh_sessions() -> None:
    tier = import_module("headgate.policy.rules.tier")
    most_of_tiers = tier.WEAKER_STEPS + MOST_TIERS * tier.TIER_STEPS
    assert SESSION_STEPS > BELOW_SESSIONS
    assert SPLIT_STEPS > SESSION_STEPS + BELOW_SESSIONS
    assert tier.TIER_STEPS > MOST_DRAWN * SPLIT_STEPS + SESSION_STEPS + BELOW_SESSIONS
    assert most_of_tiers + tier.TIER_STEPS < PREFER_STEPS


def penalty(rule: str, known: RequestFacts, candidate: Candidate) -> Penalty:
    verdict = all_rules()[rule].judge(known, candidate)
    assert isinstance(verdict, Penalty), verdict.reason
    return verdict


def facts(**more: Any) -> RequestFacts:
    return RequestFacts(
        operation="chat", route="r", input_tokens=1, expected_output_tokens=1, **more
    )


def target(name: str = "t", **more: Any) -> Candidate:
    return Candidate(name=name, model="m", provider="p", is_local=False, **more)


@pytest.mark.parametrize("wishes", [1, MOST_WISHES, MOST_WISHES + 1, 40, 500])
def test_no_number_of_wishes_outweighs_a_budget(wishes: int) -> None:
    applied = tuple(Applied(name=f"w{n}", prefer=frozenset({"other"})) for n in range(wishes))
    steps = penalty("condition", facts(applied=applied), target()).steps
    assert 0 < steps <= PREFER_STEPS * (2**MOST_WISHES - 1)


def test_the_first_rules_have_the_last_word_whatever_number_follows() -> None:
    first = Applied(name="first", prefer=frozenset({"a"}))
    others = tuple(Applied(name=f"w{n}", prefer=frozenset({"b"})) for n in range(30))
    known = facts(applied=(first, *others))
    a, b, neither = (penalty("condition", known, target(name)).steps for name in "abc")
    assert a < b < neither


def test_the_steps_of_all_rules_together_stay_below_64_bits() -> None:
    """Of the least wanted candidate of all; positions and tiers are as far out as they go."""
    known = facts(
        tier=10**6,
        prefer="latency",
        max_wait_ms=1.0,
        slo_ttft_ms=1.0,
        keeps_cache=True,
        held_by="other",
        draw=1,
        applied=tuple(Applied(name=f"w{n}", prefer=frozenset({"other"})) for n in range(99)),
        bend=Bend(budget="b", how="tiers_down", spent=1.0),
    )
    for tier in (0, MOST_BENT_TIERS, 2 * 10**6):
        worst = target(tier=tier, position=10**6, wait_ms=1e12, load_ms=1e12, ttft_ms=1e12)
        assert sum(penalty(rule, known, worst).steps for rule in all_rules()) < 2**63
