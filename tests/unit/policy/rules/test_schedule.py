"""Targets in and out of their hours."""

from typing import Any

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Veto
from headgate.policy.rules.schedule import RULE

FACTS = RequestFacts(operation="chat", route="r", input_tokens=1, expected_output_tokens=1)


def verdict(**standing: Any) -> Any:
    candidate = Candidate(name="a", model="m", provider="p", is_local=False, **standing)
    return RULE.judge(FACTS, candidate)


def test_only_closed_hours_refuse_and_say_which() -> None:
    assert verdict() == Penalty("may be used at any hour")
    assert verdict(hours="22:00-06:00 UTC", is_open=True) == Penalty(
        "within its hours (22:00-06:00 UTC)"
    )
    assert verdict(hours="22:00-06:00 UTC", is_open=False) == Veto(
        "outside of its hours (22:00-06:00 UTC)"
    )
