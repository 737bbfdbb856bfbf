"""Every way a backend can fail, seen from the client: the truth, always, and in time.

One row per fault: what a client sees with nothing to fall back on, for a whole answer and
for a stream, and whether the fault comes after content was relayed, when falling back
would splice two answers and so must not happen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx2 as httpx
import pytest
from openai import APIError, APIStatusError

from support import behaviours as b
from support.behaviours import Behaviour
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

TIMEOUTS = {"connect_s": 1, "first_token_s": 0.4, "stall_s": 0.4, "total_s": 0.8}


@dataclass(frozen=True, slots=True)
class Fault:
    """A behaviour, the status it becomes, and what the ledger calls it."""

    behaviour: Behaviour
    whole: int
    stream: int | None
    """`None`: content has been relayed, so the error stands inside a stream of status 200."""
    outcome: str
    stream_outcome: str | None = None
    """Where it differs."""


FAULTS = [
    Fault(b.REFUSED, 503, 503, "unavailable"),
    Fault(b.CLOSES, 503, 503, "unavailable"),
    Fault(b.RESETS, 503, 503, "unavailable"),
    Fault(b.RATE_LIMITED, 429, 429, "rejected"),
    Fault(b.RATE_LIMITED_FOR_A_SECOND, 429, 429, "rejected"),
    Fault(b.SERVER_ERROR, 500, 500, "rejected"),
    Fault(b.OVERLOADED, 503, 503, "rejected"),
    Fault(b.UNAUTHORIZED, 502, 502, "rejected"),
    Fault(b.SILENT, 504, 504, "timeout"),
    Fault(b.HEADERS_THEN_SILENCE, 504, 504, "timeout"),
    Fault(b.ROLE_THEN_SILENCE, 504, 504, "timeout"),
    Fault(b.CONTENT_THEN_SILENCE, 504, None, "timeout"),
    Fault(b.CUT, 502, None, "truncated"),
    Fault(b.CUT_BY_RESET, 502, None, "truncated"),
    Fault(b.CUT_BEFORE_CONTENT, 502, 502, "truncated"),
    Fault(b.CUT_BEFORE_DONE, 502, None, "garbled", "truncated"),
    Fault(b.MALFORMED, 502, 502, "garbled"),
    Fault(b.MALFORMED_AFTER_CONTENT, 502, None, "garbled"),
    Fault(b.ERROR_INSIDE, 502, 502, "garbled", "rejected"),
    Fault(b.ERROR_AFTER_CONTENT, 502, None, "garbled", "rejected"),
    Fault(b.PINGS_ONLY, 504, 504, "timeout"),
    Fault(b.SLOW_BODY, 504, 504, "timeout"),
    Fault(b.SLOW_HEADERS, 504, 504, "timeout"),
    Fault(b.WEB_PAGE, 502, 502, "garbled", "truncated"),
]


@dataclass(frozen=True, slots=True)
class Rig:
    """A gateway with a backend that fails in one way, and one that does not."""

    fault: Fault
    server: HeadgateServer
    backup: Upstream


KINDS = ("whole", "stream")
ROUTES = ("alone", "backed", "fixed")


def configuration(primary: Upstream, backup: Upstream) -> dict[str, object]:
    """A primary target for each case, so that none sees the breaker of another."""
    target = {"backend": "openai_compatible", "model": "m", "retries": 0, "timeouts": TIMEOUTS}
    cases = [f"{route}-{kind}" for route in ROUTES for kind in KINDS]
    routes = {}
    for case in cases:
        others = [] if case.startswith("alone") else ["backup"]
        routes[case] = {"targets": [f"primary-{case}", *others]}
        if case.startswith("fixed"):
            routes[case]["fallback"] = False
    return {
        "targets": {
            **{f"primary-{case}": target | {"base_url": primary.base_url} for case in cases},
            "backup": target | {"base_url": backup.base_url},
        },
        "routes": routes,
    }


@pytest.fixture(scope="module", params=FAULTS, ids=lambda fault: str(fault.behaviour))
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    fault: Fault = request.param
    with Upstream(fault.behaviour) as primary, Upstream(b.OK) as backup:
        folder = tmp_path_factory.mktemp("headgate")
        with HeadgateServer(folder, configuration(primary, backup)) as server:
            yield Rig(fault, server, backup)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ROUTES)
def test_the_client_sees_the_truth_and_falls_back_exactly_when_it_may(
    rig: Rig, route: str, kind: str
) -> None:
    fault, case = rig.fault, f"{route}-{kind}"
    status = fault.stream if kind == "stream" else fault.whole
    outcome = (fault.stream_outcome if kind == "stream" else None) or fault.outcome
    falls_back = route == "backed" and status is not None
    asked_of_backup = len(rig.backup.requests)
    if falls_back:
        decision = assert_answered_by_the_backup(rig, case)
    elif status is None:
        decision = assert_broken_inside_the_stream(rig, case)
    else:
        decision = assert_refused(rig, case, status)
    assert len(rig.backup.requests) - asked_of_backup == int(falls_back)
    expected = [(f"primary-{case}", outcome)] + ([("backup", "answered")] if falls_back else [])
    assert attempts(rig.server, decision, count=len(expected)) == expected


def attempts(server: HeadgateServer, decision: str, *, count: int) -> list[tuple[str, str]]:
    """Target and outcome of each attempt of a decision, once there are so many."""
    rows = server.ledger_rows(where={"decision_id": decision}, at_least=count)
    return [(row["target"], row["outcome"]) for row in rows]


def body(case: str) -> dict[str, object]:
    messages = [{"role": "user", "content": "Hi"}]
    return {"model": case, "messages": messages, "stream": case.endswith("stream")}


def post(rig: Rig, case: str) -> httpx.Response:
    return httpx.post(f"{rig.server.base_url}/chat/completions", json=body(case), timeout=10)


def assert_answered_by_the_backup(rig: Rig, case: str) -> str:
    answer = post(rig, case)
    assert answer.status_code == 200
    assert answer.headers["x-headgate-target"] == "backup"
    assert answer.headers["x-headgate-attempts"] == "2"
    assert ("data: [DONE]" in answer.text) == case.endswith("stream")
    return answer.headers["x-headgate-decision"]


def assert_refused(rig: Rig, case: str, status: int) -> str:
    with rig.server.client() as client, pytest.raises(APIStatusError) as refusal:
        client.chat.completions.create(**body(case))  # type: ignore[call-overload]
    assert refusal.value.status_code == status
    assert refusal.value.message
    headers = refusal.value.response.headers
    assert ("retry-after" in headers) != (headers.get("x-should-retry") == "false")
    assert set(refusal.value.response.json()["error"]) == {"message", "type", "param", "code"}
    return headers["x-headgate-decision"]


def assert_broken_inside_the_stream(rig: Rig, case: str) -> str:
    raw = post(rig, case)
    assert raw.status_code == 200
    assert "[DONE]" not in raw.text
    assert '"content":' in raw.text
    assert raw.text.rstrip().splitlines()[-1].startswith('data: {"error":')
    with rig.server.client() as client, pytest.raises(APIError) as failure:
        for _ in client.chat.completions.create(**body(case)):  # type: ignore[call-overload]
            pass
    assert failure.value.message
    return raw.headers["x-headgate-decision"]
