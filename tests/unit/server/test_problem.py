"""What errors tell SDKs about trying again."""

from dataclasses import dataclass, field

import pytest

from headgate.core.errors import (
    BudgetSpent,
    HeadgateError,
    InvalidRequest,
    NoTarget,
    Timeout,
    UpstreamRejected,
    UpstreamUnavailable,
)
from headgate.server.problem import problem_headers


@dataclass
class Case:
    id: str
    error: HeadgateError
    expected: dict[bytes, bytes] = field(default_factory=dict)


def rejected(status: int, **headers: str) -> UpstreamRejected:
    return UpstreamRejected("no", status=status, headers=headers, body=b"")


CASES = [
    Case("the caller's mistake", InvalidRequest("bad")),
    Case("chain exhausted", UpstreamUnavailable("no"), {b"x-should-retry": b"false"}),
    Case("too slow", Timeout("slow", phase="total"), {b"x-should-retry": b"false"}),
    Case("rate limit with a wait", rejected(429, **{"retry-after": "7"}), {b"retry-after": b"7"}),
    Case("rate limit without", rejected(429), {b"x-should-retry": b"false"}),
    Case("a wait in ms", rejected(503, **{"retry-after-ms": "1500"}), {b"retry-after": b"2"}),
    Case("all busy", NoTarget("busy", retry_after_s=0.2), {b"retry-after": b"1"}),
    Case("a budget is spent", BudgetSpent("spent"), {b"x-should-retry": b"false"}),
    Case("money is kept", BudgetSpent("kept", retry_after_s=1.0), {b"retry-after": b"1"}),
    Case("private and no local", NoTarget("privacy"), {b"x-should-retry": b"false"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_sdks_are_told_to_wait_or_to_stop(case: Case) -> None:
    headers = dict(problem_headers(case.error, now=0.0))
    assert headers.pop(b"content-type") == b"application/json"
    assert headers == case.expected


def test_a_decided_request_names_its_decision() -> None:
    error = UpstreamUnavailable("no")
    error.decision_id, error.attempts = "abc", 3
    headers = dict(problem_headers(error, now=0.0))
    assert headers[b"x-headgate-decision"] == b"abc"
    assert headers[b"x-headgate-attempts"] == b"3"
    assert headers[b"x-request-id"] == b"abc"
