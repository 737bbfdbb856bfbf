"""When a wait is too long, and what outweighs it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.policy.decide import decide
from headgate.policy.registry import all_rules
from headgate.policy.weights import SPILL_STEPS, WAIT_STEPS
from support.decisions import candidate, facts, steps

ALL = all_rules()
RULE = ALL["spill"]
FULL = {"in_flight": 1, "max_concurrency": 1}
ASKED = facts(max_wait_ms=1000.0)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, 0),
        ({"in_flight": 0, "max_concurrency": 1}, 0),
        (FULL | {"wait_ms": 1000.0}, WAIT_STEPS),
        (FULL | {"wait_ms": 1001.0}, SPILL_STEPS),
        (FULL, SPILL_STEPS),
        ({"load_ms": 900.0}, WAIT_STEPS),
        ({"is_local": False}, WAIT_STEPS),
        ({"load_ms": 1100.0}, SPILL_STEPS),
        (FULL | {"wait_ms": 600.0, "load_ms": 600.0}, SPILL_STEPS),
    ],
)
def test_what_begins_too_late_comes_after_the_others(target: dict, expected: int) -> None:
    assert steps(RULE.judge(ASKED, candidate(**target))) == expected


@pytest.mark.parametrize("prefer", ["order", "cost"])
def test_a_free_own_machine_goes_before_waiting_and_waiting_before_paying(prefer: str) -> None:
    asked = facts(max_wait_ms=1000.0, prefer=prefer)
    price = {"usd_per_input_mtok": 0.0, "usd_per_output_mtok": 0.0}
    field = [
        candidate("busy", **FULL, **price, wait_ms=500.0),
        candidate("hosted", position=1, is_local=False, usd_per_input_mtok=1.0),
        candidate("idle", position=2, **price),
    ]
    assert decide(asked, field, ALL).order == ["idle", "busy", "hosted"]


def test_where_speed_ranks_a_wait_is_its_milliseconds_and_no_more() -> None:
    asked = facts(max_wait_ms=1000.0, prefer="latency")
    assert steps(RULE.judge(asked, candidate(**FULL, wait_ms=500.0))) == 0
    assert steps(RULE.judge(asked, candidate(is_local=False))) == 0


def test_routes_that_do_not_wait_have_no_opinion() -> None:
    assert steps(RULE.judge(facts(), candidate(**FULL, wait_ms=9e9))) == 0


@given(st.floats(0, 1e9), st.integers(0, 60), st.sampled_from(["order", "latency"]))
def test_a_long_wait_outweighs_order_speed_and_cache(ttft: float, place: int, prefer: str) -> None:
    asked = facts(max_wait_ms=1000.0, keeps_cache=True, prefer=prefer)
    full = candidate("a", **FULL, wait_ms=1001.0, cached_tokens=1000, ttft_ms=0.0)
    free = candidate("b", position=place, ttft_ms=ttft)
    assert decide(asked, [full, free], ALL).order == ["b", "a"]


def test_a_tier_outweighs_a_long_wait() -> None:
    full = candidate("a", **FULL, wait_ms=1e6, tier=0, p95_ttft_ms=1e6)
    free = candidate("b", tier=1)
    asked = facts(max_wait_ms=1.0, slo_ttft_ms=1.0, tier=0)
    assert decide(asked, [full, free], ALL).order == ["a", "b"]


def test_what_may_not_leave_stays() -> None:
    held = facts(max_wait_ms=1000.0, labels=frozenset({"x"}), local_labels=frozenset({"x"}))
    full = candidate("a", **FULL, wait_ms=1e9)
    assert decide(held, [full, candidate("b", is_local=False)], ALL).order == ["a"]
