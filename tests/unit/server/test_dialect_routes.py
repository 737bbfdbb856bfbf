"""The request path behind HTTP: labels, refusals, and faults of our own."""

import asyncio
import gzip
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from headgate.core.plugins import load
from headgate.gateway.handle import Gateway
from headgate.server.asgi import Headers
from headgate.server.auth import Keys
from headgate.server.dialect_routes import DialectEndpoint, reply_headers
from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, chat_body, request_bytes
from support.upstream import Upstream


class Answered:
    """A responder that keeps what it is given."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""
        self.calls: list[str] = []

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        self.calls.append("whole")
        self.status, self.body = status, body

    async def start(self, headers: Headers) -> None:
        self.calls.append("start")

    async def write(self, data: bytes) -> None:
        self.body += data

    async def end(self) -> None:
        self.calls.append("end")


class BrokenRelay:
    """A stream that has begun, of a gateway with a bug."""

    attempt = SimpleNamespace(
        job=SimpleNamespace(id="id", tries=1, cascade=None),
        masked=None,
        dropped=(),
        target=SimpleNamespace(name="box"),
        model="m",
        headers={},
    )

    def __init__(self) -> None:
        self.left = [b'data: {"choices":[]}\n\n']
        self.is_closed = False

    async def next(self) -> bytes:
        return self.left.pop()

    def close(self) -> None:
        self.is_closed = True


class BrokenGateway:
    """Raises what no one foresaw, or answers with a stream that will."""

    clock = SimpleNamespace(now=lambda: 0.0)

    def __init__(self, relay: BrokenRelay | None = None) -> None:
        self.relay = relay

    async def handle(self, _: Any) -> BrokenRelay:
        if self.relay is None:
            raise KeyError("secret prompt")
        return self.relay


def answered_by(gateway: BrokenGateway) -> Answered:
    endpoint = DialectEndpoint(
        gateway=cast(Gateway, gateway),
        keys=Keys({}),
        dialect=load("headgate.wire.dialects", "openai_chat", "DIALECT"),
        operation="chat",
        body_limit_bytes=1000,
    )
    out = Answered()
    asyncio.run(endpoint.answer({}, chat_body(), out))
    return out


def test_a_bug_is_a_sentence_for_the_client_and_a_traceback_for_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        out = answered_by(BrokenGateway())
    assert out.status == 500
    assert msgspec.json.decode(out.body)["error"]["message"].startswith("Headgate failed inside")
    assert b"secret prompt" not in out.body
    assert "KeyError" in caplog.text


def test_a_bug_in_a_stream_is_said_inside_it_and_ends_it_without_a_second_head(
    caplog: pytest.LogCaptureFixture,
) -> None:
    relay = BrokenRelay()
    out = answered_by(BrokenGateway(relay))
    assert out.calls == ["start", "end"]
    assert out.body.startswith(b'data: {"choices":[]}\n\ndata: {"error":')
    assert b"[DONE]" not in out.body
    assert relay.is_closed
    assert "IndexError" in caplog.text


def test_what_a_client_chose_cannot_leave_its_header() -> None:
    job = SimpleNamespace(id="id", tries=2, cascade="accepted")
    dropped = ("top_k\r\nx: 1", "é")
    target = SimpleNamespace(name="box")
    attempt = SimpleNamespace(
        job=job, target=target, model="a\nb", headers={}, masked=None, dropped=dropped
    )
    headers = dict(reply_headers(cast(Any, attempt)))
    assert headers[b"x-headgate-model"] == b"a?b"
    assert headers[b"x-headgate-dropped"] == b"top_k??x: 1,??"
    assert headers[b"x-headgate-attempts"] == b"2"


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "model": "m"}
    config = {
        "targets": {"cloud": {**target, "local": False}, "here": {**target, "local": True}},
        "routes": {
            "out": {"targets": ["cloud"], "privacy": {"detect": ["email"]}},
            "both": {"targets": ["cloud", "here"], "privacy": {"labels": ["phi"]}},
        },
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


def test_a_label_keeps_a_request_local_and_says_so_where_nothing_is(
    client: RawClient, upstream: Upstream
) -> None:
    seen = len(upstream.requests)
    answer = client.ask(request_bytes(chat_body(), headers=("x-headgate-label: phi",)))
    assert answer.status == 503
    assert answer.error["code"] == "no_target"
    assert answer.headers["x-should-retry"] == "false"
    assert answer.headers["x-headgate-decision"]
    assert len(upstream.requests) == seen


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ((), "cloud"),
        (("x-headgate-label: other",), "cloud"),
        (("X-Headgate-Label: other, phi",), "here"),
        (("x-headgate-label: phi", "x-headgate-label: other"), "here"),
        (("x-headgate-label: other", "x-headgate-label: phi"), "here"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/chat/completions?long=way"])
def test_a_label_counts_wherever_it_stands_among_others(
    client: RawClient, headers: tuple[str, ...], target: str, path: str
) -> None:
    answer = client.ask(request_bytes(chat_body(model="both"), path=path, headers=headers))
    assert answer.headers["x-headgate-target"] == target


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/chat/completions?long=way"])
def test_a_compressed_body_is_read_as_what_it_says(
    client: RawClient, upstream: Upstream, path: str
) -> None:
    packed = gzip.compress(chat_body(model="both", user="someone"))
    headers = ("content-encoding: gzip",)
    assert client.ask(request_bytes(packed, path=path, headers=headers)).status == 200
    sent = upstream.requests[-1]
    assert sent.json["user"] == "someone"
    assert "content-encoding" not in sent.headers


@pytest.mark.parametrize(
    ("coding", "status"), [("br", 415), ("identity, gzip", 415), ("gzip", 400), ("zstd", 400)]
)
def test_a_body_that_cannot_be_unpacked_is_refused_in_words(
    client: RawClient, coding: str, status: int
) -> None:
    answer = client.ask(request_bytes(chat_body(), headers=(f"content-encoding: {coding}",)))
    assert answer.status == status
    assert coding in answer.error["message"]


def test_a_client_that_leaves_the_long_way_cancels_the_backend(
    server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.SILENT)
    before, seen = len(upstream.aborted), len(upstream.requests)
    with RawClient(server.root_url) as client:
        client.send(request_bytes(chat_body(), path="/v1/chat/completions?long=way"))
        upstream.wait_requests(seen + 1)
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")


def test_a_body_over_the_limit_is_refused_the_long_way_too(client: RawClient) -> None:
    path = "/v1/chat/completions?long=way"
    answer = client.ask(request_bytes(path=path, length=33 * 1024 * 1024))
    assert answer.status == 413
    assert answer.error["code"] == "request_too_large"
