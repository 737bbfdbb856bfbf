"""A client that leaves takes its backend's work with it, whatever the phase, within 200 ms."""

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from support import behaviours as b
from support.behaviours import Behaviour
from support.gate import Gate
from support.headgate_server import HeadgateServer
from support.upstream import Upstream

SOON_S = 0.2


def config(upstream: Upstream) -> dict[str, object]:
    return {
        "targets": {
            "box": {"backend": "openai_compatible", "model": "m", "base_url": upstream.base_url}
        },
        "routes": {
            "chat": {"targets": ["box"]},
            "held": {
                "targets": ["box"],
                "fallback": {"checks": ["truncated"], "hold_stream": True},
            },
        },
    }


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(b.SILENT) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config(upstream)) as server:
        yield server


def send(
    server: HeadgateServer, *, stream: bool, route: str = "chat"
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(server.root_url.removeprefix("http://"))
    body = {"model": route, "messages": [{"role": "user", "content": "Hi"}], "stream": stream}
    connection.request(
        "POST", "/v1/chat/completions", json.dumps(body), {"content-type": "application/json"}
    )
    return connection


@pytest.mark.parametrize(
    ("behaviour", "stream", "route"),
    [
        pytest.param(b.SILENT, False, "chat", id="whole, before the headers"),
        pytest.param(b.HEADERS_THEN_SILENCE, False, "chat", id="whole, inside the body"),
        pytest.param(b.SILENT, True, "chat", id="stream, before the headers"),
        pytest.param(b.ROLE_THEN_SILENCE, True, "chat", id="stream, before the first token"),
        pytest.param(b.CONTENT_THEN_SILENCE, True, "held", id="stream, while it is held back"),
    ],
)
def test_leaving_before_anything_was_sent_cancels_the_backend(
    server: HeadgateServer, upstream: Upstream, behaviour: Behaviour, stream: bool, route: str
) -> None:
    upstream.use(behaviour)
    before = len(upstream.aborted)
    seen = len(upstream.requests)
    connection = send(server, stream=stream, route=route)
    upstream.wait_requests(seen + 1)
    left_at = time.monotonic()
    connection.close()
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")
    aborted_at = upstream.requests[-1].aborted_at
    assert aborted_at is not None
    assert aborted_at - left_at < SOON_S
    assert_recorded_as_cancelled(server, seen + 1)


def test_leaving_in_the_middle_of_a_stream_cancels_the_backend_and_is_counted(
    server: HeadgateServer, upstream: Upstream
) -> None:
    gate = Gate()
    upstream.use(b.gated(gate))
    before = len(upstream.aborted)
    seen = len(upstream.requests)
    connection = send(server, stream=True)
    gate.release()
    gate.release()
    gate.release()
    response = connection.getresponse()
    assert response.read1()
    left_at = time.monotonic()
    response.close()
    connection.close()
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")
    aborted_at = upstream.requests[-1].aborted_at
    assert aborted_at is not None
    assert aborted_at - left_at < SOON_S
    row = assert_recorded_as_cancelled(server, seen + 1)
    assert row["output_tokens"] > 0
    assert row["usage_is_estimated"]


def assert_recorded_as_cancelled(server: HeadgateServer, requests: int) -> dict[str, Any]:
    """The newest row, once there is one for each request so far."""
    row = server.ledger_rows(at_least=requests)[-1]
    assert row["outcome"] == "cancelled"
    decision = server.ledger_rows("decisions", at_least=requests)[-1]
    assert decision["status"] == "cancelled"
    return row
