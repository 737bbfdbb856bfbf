"""Conversations that stay."""

from typing import Any

from headgate.policy.decision import Candidate, Penalty, RequestFacts
from headgate.policy.rules.stickiness import RULE
from headgate.policy.weights import SESSION_STEPS


def verdict(name: str, **known: Any) -> Any:
    facts = RequestFacts(
        operation="chat", route="r", input_tokens=1, expected_output_tokens=1, **known
    )
    return RULE.judge(facts, Candidate(name=name, model="m", provider="p", is_local=False))


def test_the_target_that_served_a_session_goes_first_and_nobody_is_refused() -> None:
    held = {"session": "5e55", "held_by": "a"}
    assert verdict("a", **held).steps == 0
    assert verdict("b", **held) == Penalty("`a` served the session before", SESSION_STEPS)


def test_a_session_that_nobody_served_moves_nobody() -> None:
    assert verdict("a", session="5e55").steps == verdict("b", session="5e55").steps == 0
    assert verdict("a").steps == 0
