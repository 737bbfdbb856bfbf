"""Precedence: every level outweighs all that is below it, together."""

from importlib import import_module

from headgate.policy.weights import (
    AFFINITY_STEPS,
    BEND_STEPS,
    CHEAPER_STEPS,
    MOST_CHEAPER,
    SPILL_STEPS,
    WAIT_STEPS,
)

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
    assert MOST_CHEAPER * CHEAPER_STEPS + most_of_tiers < BEND_STEPS
