"""Probes and metrics."""

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, Response, chat_body, request_bytes
from support.upstream import Upstream

SECRET = "the-prompt-nobody-may-see"


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "retries": 0}
    config = {
        "server": {"keys": [{"name": "ada", "hash": f"sha256:{'0' * 64}"}]},
        "targets": {"box": target},
        "routes": {"chat": {"targets": ["box"]}},
    }
    with HeadgateServer(tmp_path_factory.mktemp("locked"), config) as server:
        yield server


@pytest.fixture
def open_server(upstream: Upstream, tmp_path: object) -> Iterator[HeadgateServer]:
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "retries": 0}
    config = {"targets": {"box": target}, "routes": {"chat": {"targets": ["box"]}}}
    with HeadgateServer(tmp_path, config) as server:  # type: ignore[arg-type]
        yield server


def get(server: HeadgateServer, path: str) -> Response:
    with RawClient(server.root_url) as client:
        return client.ask(request_bytes(method="GET", path=path))


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/health/liveliness", "/health/readiness"])
def test_probes_need_no_key(server: HeadgateServer, path: str) -> None:
    assert get(server, path).status == 200


def test_it_is_alive_but_not_ready_while_every_target_rests(
    open_server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.SERVER_ERROR)
    assert get(open_server, "/readyz").json == {"status": "ready", "usable_targets": ["box"]}
    with RawClient(open_server.root_url) as client:
        for _ in range(50):
            client.ask(request_bytes(chat_body()))
            if get(open_server, "/readyz").status == 503:
                break
    assert get(open_server, "/readyz").json == {"status": "not ready", "usable_targets": []}
    assert get(open_server, "/livez").status == 200


def test_metrics_can_be_scraped_without_a_key_and_hold_nothing_of_requests(
    open_server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.OK)
    body = chat_body(model="auto", user=SECRET, stream=True)
    body = body.replace(b"Hi", SECRET.encode())
    with RawClient(open_server.root_url) as client:
        assert client.ask(request_bytes(body)).status == 200
        client.ask(request_bytes(chat_body(model=SECRET)))
    open_server.ledger_rows("decisions")
    answer = get(open_server, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = list(text_string_to_metric_families(answer.body.decode()))
    ours = {family.name for family in families if family.name.startswith("headgate")}
    assert ours
    assert "box" in {s.labels.get("target") for f in families for s in f.samples}
    assert SECRET.encode() not in answer.body


def test_metrics_need_no_key(server: HeadgateServer) -> None:
    assert get(server, "/metrics").status == 200
