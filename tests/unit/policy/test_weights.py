"""Precedence: every level outweighs all that is below it, together."""

from headgate.policy.weights import AFFINITY_STEPS, SPILL_STEPS, WAIT_STEPS

MOST_PLACES = 900
"""Of a route; a longer list would take steps from the level above."""
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
