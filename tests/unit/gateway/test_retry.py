"""Which failure allows what."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.core.errors import (
    EngineError,
    HeadgateError,
    InvalidRequest,
    QualityError,
    Timeout,
    UpstreamCut,
    UpstreamGarbled,
    UpstreamRejected,
    UpstreamUnavailable,
)
from headgate.gateway.retry import (
    LONGEST_WAIT_ALONE_S,
    LONGEST_WAIT_WITH_OTHERS_S,
    cause_of,
    outcome_of,
    retry_delay_s,
)


def rejected(status: int) -> UpstreamRejected:
    return UpstreamRejected("no", status=status, headers={}, body=b"")


@dataclass
class Case:
    id: str
    error: HeadgateError
    cause: str | None
    outcome: str
    is_repeated: bool


CASES = [
    Case("refused connection", UpstreamUnavailable("no"), "unavailable", "unavailable", True),
    Case("slow", Timeout("slow", phase="total"), "timeout", "timeout", False),
    Case("cut", UpstreamCut("cut"), "cut", "truncated", True),
    Case("garbled", UpstreamGarbled("what"), "cut", "garbled", True),
    Case("rate limit", rejected(429), "rate_limit", "rejected", True),
    Case("server error", rejected(500), "server_error", "rejected", True),
    Case("overloaded", rejected(529), "server_error", "rejected", True),
    Case("our key refused", rejected(401), "server_error", "rejected", False),
    Case("bad request", rejected(400), None, "rejected", False),
    Case("no such model", rejected(404), None, "rejected", False),
    Case("poor answer", QualityError("empty", problem="empty"), "quality", "quality", False),
    Case("engine", EngineError("died"), "unavailable", "engine", False),
    Case("caller", InvalidRequest("bad"), None, "failed", False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_failure_has_a_cause_an_outcome_and_may_or_may_not_be_repeated(case: Case) -> None:
    assert cause_of(case.error) == case.cause
    assert outcome_of(case.error) == case.outcome
    delay = retry_delay_s(case.error, 1, asked_for_s=None, has_next=False, jitter=0.0)
    assert (delay is not None) == case.is_repeated


@given(
    tries=st.integers(1, 10),
    asked=st.none() | st.floats(0, 1000),
    has_next=st.booleans(),
    jitter=st.floats(0, 1),
)
def test_a_wait_is_never_shorter_than_asked_nor_longer_than_anyone_should_wait(
    tries: int, asked: float | None, has_next: bool, jitter: float
) -> None:
    delay = retry_delay_s(rejected(429), tries, asked_for_s=asked, has_next=has_next, jitter=jitter)
    if delay is None:
        return
    assert delay >= (asked or 0)
    assert delay <= (LONGEST_WAIT_WITH_OTHERS_S if has_next else LONGEST_WAIT_ALONE_S)


def test_back_off_doubles_and_jitter_only_shortens_it() -> None:
    delays = [
        retry_delay_s(rejected(500), n, asked_for_s=None, has_next=False, jitter=0.0)
        for n in (1, 2, 3, 4)
    ]
    assert delays == [0.25, 0.5, 1.0, 2.0]
    assert retry_delay_s(rejected(500), 2, asked_for_s=None, has_next=False, jitter=1.0) == 0.25
