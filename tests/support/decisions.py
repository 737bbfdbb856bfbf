"""Plain facts and candidates, for rules to judge."""

from typing import Any

from headgate.policy.decision import Candidate, Penalty, RequestFacts, Verdict


def facts(**more: Any) -> RequestFacts:
    known: dict[str, Any] = {"input_tokens": 1000, "expected_output_tokens": 100}
    return RequestFacts(operation="chat", route="r", **(known | more))


def candidate(name: str = "a", **more: Any) -> Candidate:
    known: dict[str, Any] = {"provider": "p", "model": "m", "is_local": True}
    return Candidate(name=name, **(known | more))


def steps(verdict: Verdict) -> int:
    assert isinstance(verdict, Penalty)
    return verdict.steps
