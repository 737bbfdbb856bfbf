"""Room for one more: in a slot, or in the queue."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from headgate.policy.decision import Veto
from headgate.policy.registry import all_rules
from support.decisions import candidate, facts

RULE = all_rules()["capacity"]
FULL = {"in_flight": 2, "max_concurrency": 2}
WAITS = {"max_wait_ms": 1000.0}


@dataclass(frozen=True)
class Case:
    id: str
    asked: dict[str, Any] = field(default_factory=dict)
    target: dict[str, Any] = field(default_factory=dict)
    refusal: str | None = None


CASES = (
    Case("no limit", target={"in_flight": 900}),
    Case("a free slot", target={"in_flight": 1, "max_concurrency": 2}),
    Case("full", target=FULL, refusal="all 2 slots are busy"),
    Case("its only one", target={"in_flight": 1, "max_concurrency": 1}, refusal="its only slot"),
    Case("full, may wait", asked=WAITS, target=FULL | {"waiting": 5, "max_waiting": 6}),
    Case("full, any number may wait", asked=WAITS, target=FULL | {"waiting": 5}),
    Case(
        "queue full",
        asked=WAITS,
        target=FULL | {"waiting": 6, "max_waiting": 6},
        refusal="all 2 slots are busy, and 6 requests wait for one",
    ),
    Case(
        "too late",
        asked=WAITS | {"deadline_ms": 500.0},
        target=FULL | {"wait_ms": 501.0},
        refusal="for about 501 ms more, and the deadline is in 500",
    ),
    Case("in time", asked=WAITS | {"deadline_ms": 500.0}, target=FULL | {"wait_ms": 500.0}),
    Case("nobody knows", asked=WAITS | {"deadline_ms": 500.0}, target=FULL),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_target_without_room_is_refused(case: Case) -> None:
    verdict = RULE.judge(facts(**case.asked), candidate(**case.target))
    if case.refusal is None:
        assert not isinstance(verdict, Veto)
    else:
        assert isinstance(verdict, Veto)
        assert case.refusal in verdict.reason
