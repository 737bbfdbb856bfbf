"""Which paths there are, and browsers that call from another origin."""

from collections.abc import Iterator

import pytest

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.raw_http import CHAT_PATH, RawClient, chat_body, request_bytes
from support.upstream import Upstream

ORIGIN = "https://app.example"


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    config = {
        "server": {"cors_origins": [ORIGIN]},
        "targets": {"box": {"backend": "openai_compatible", "base_url": upstream.base_url}},
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


@pytest.mark.parametrize("stream", [False, True])
def test_a_page_of_a_listed_origin_may_read_answers_and_their_headers(
    client: RawClient, stream: bool
) -> None:
    answer = client.ask(request_bytes(chat_body(stream=stream), headers=(f"origin: {ORIGIN}",)))
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    told = answer.headers["access-control-expose-headers"]
    assert "x-headgate-decision" in told
    assert "x-headgate-cascade" in told
    assert (b"data: [DONE]" in answer.body) == stream


def test_a_page_may_read_errors_too(client: RawClient) -> None:
    answer = client.ask(request_bytes(b"{", headers=(f"origin: {ORIGIN}",)))
    assert answer.status == 400
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.error["message"]


def test_a_page_of_another_origin_may_not(client: RawClient) -> None:
    answer = client.ask(request_bytes(chat_body(), headers=("origin: https://evil.example",)))
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", [CHAT_PATH, "/v1/embeddings", "/v1/models"])
def test_a_browser_that_asks_first_is_allowed_what_an_sdk_sends(
    client: RawClient, path: str
) -> None:
    asked = (
        f"origin: {ORIGIN}",
        "access-control-request-method: POST",
        "access-control-request-headers: authorization, content-type, x-headgate-label",
    )
    answer = client.ask(request_bytes(method="OPTIONS", path=path, headers=asked))
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "x-headgate-label" in answer.headers["access-control-allow-headers"]


def test_a_browser_of_another_origin_is_told_no(client: RawClient) -> None:
    asked = ("origin: https://evil.example", "access-control-request-method: POST")
    answer = client.ask(request_bytes(method="OPTIONS", path=CHAT_PATH, headers=asked))
    assert answer.status == 400
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_that_is_left_cancels_the_backend(
    server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.CONTENT_THEN_SILENCE)
    before, seen = len(upstream.aborted), len(upstream.requests)
    with RawClient(server.root_url) as client:
        client.send(request_bytes(chat_body(stream=True), headers=(f"origin: {ORIGIN}",)))
        upstream.wait_requests(seen + 1)
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT_PATH, chat_body()),
        ("/v1/completions", b'{"model":"auto","prompt":"Hi"}'),
        ("/v1/embeddings", b'{"model":"auto","input":"Hi"}'),
    ],
)
def test_every_operation_has_its_path(client: RawClient, path: str, body: bytes) -> None:
    assert client.ask(request_bytes(body, path=path)).status == 200
