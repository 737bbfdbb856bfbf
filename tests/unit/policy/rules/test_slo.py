"""The promised time to first output, against the 95th percentile and what comes before it."""

import pytest

from headgate.policy.registry import all_rules
from headgate.policy.weights import SPILL_STEPS
from support.decisions import candidate, facts, steps

RULE = all_rules()["slo"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, 0),
        ({"p95_ttft_ms": 1000.0}, 0),
        ({"p95_ttft_ms": 1001.0}, SPILL_STEPS),
        ({"p95_ttft_ms": 600.0, "wait_ms": 401.0}, SPILL_STEPS),
        ({"p95_ttft_ms": 600.0, "load_ms": 401.0}, SPILL_STEPS),
        ({"load_ms": 1001.0}, SPILL_STEPS),
        ({"load_ms": 900.0}, 0),
    ],
)
def test_what_is_expected_to_start_late_comes_after_the_others(target: dict, expected: int) -> None:
    assert steps(RULE.judge(facts(slo_ttft_ms=1000.0), candidate(**target))) == expected


def test_routes_that_promise_nothing_have_no_opinion() -> None:
    assert steps(RULE.judge(facts(), candidate(p95_ttft_ms=1e9))) == 0
