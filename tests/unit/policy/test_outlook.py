"""What is to be expected of a candidate."""

from typing import Any

import pytest

from headgate.policy.decide import decide
from headgate.policy.decision import RequestFacts
from headgate.policy.outlook import outlook, outlooks, total_ms
from headgate.policy.registry import all_rules
from support.entries import candidate

FACTS = RequestFacts(
    operation="chat", route="r", input_tokens=1000, expected_output_tokens=100, choices=2
)
KNOWN: dict[str, Any] = {
    "usd_per_input_mtok": 1.0,
    "usd_per_output_mtok": 10.0,
    "ttft_ms": 300.0,
    "p95_ttft_ms": 700.0,
    "output_tokens_per_s": 50.0,
}


def test_cost_and_times_are_told_where_they_are_known() -> None:
    found = outlook(FACTS, candidate("a", **KNOWN))
    # 1000 in at $1, two choices of 100 out at $10, a million each.
    assert found.usd == pytest.approx(0.003)
    assert (found.wait_ms, found.ttft_ms, found.p95_ttft_ms) == (0.0, 300.0, 700.0)
    assert found.total_ms == 300.0 + 2000.0


def test_nothing_is_made_up() -> None:
    found = outlook(FACTS, candidate("a"))
    assert (found.usd, found.ttft_ms, found.p95_ttft_ms, found.total_ms) == (None,) * 4


def test_a_busy_target_waits_and_a_cold_one_loads() -> None:
    busy = candidate("a", **KNOWN, in_flight=2, max_concurrency=2, wait_ms=400.0, load_ms=100.0)
    assert outlook(FACTS, busy).wait_ms == 500.0
    assert outlook(FACTS, busy).ttft_ms == 800.0
    assert total_ms(busy, 100) == 800.0 + 2000.0


def test_an_unknown_wait_makes_the_times_unknown() -> None:
    busy = candidate("a", **KNOWN, in_flight=2, max_concurrency=2)
    found = outlook(FACTS, busy)
    assert (found.wait_ms, found.ttft_ms, found.total_ms) == (None, None, None)


def test_every_candidate_of_a_decision_has_one_the_refused_last() -> None:
    field = (candidate("b", breaker="open"), candidate("a", position=1))
    found = outlooks(FACTS, decide(FACTS, field, all_rules()))
    assert [each.target for each in found] == ["a", "b"]
