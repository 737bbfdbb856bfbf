"""HTTP on our own short way, spoken by hand: framing, limits, lies, and clients that leave."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from support import behaviours as b
from support.gate import Gate
from support.headgate_server import HeadgateServer
from support.raw_http import CHAT_PATH, RawClient, chat_body, request_bytes
from support.upstream import Upstream

LIMIT_MIB = 0.125
LIMIT = int(LIMIT_MIB * 1024 * 1024)


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    config = {
        "server": {"limits": {"body_mib": LIMIT_MIB}},
        "targets": {"box": {"backend": "openai_compatible", "base_url": upstream.base_url}},
        "routes": {"chat": {"targets": ["box"], "models": ["m-*"]}},
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


def test_one_connection_serves_many_requests_whole_and_streamed(client: RawClient) -> None:
    for stream in (False, True, False, True):
        answer = client.ask(request_bytes(chat_body(stream=stream)))
        assert answer.status == 200
        assert (b"data: [DONE]" in answer.body) == stream


def test_pipelined_requests_are_answered_in_order(client: RawClient) -> None:
    names = ["m-first", "m-second", "m-third"]
    client.send(b"".join(request_bytes(chat_body(model=name)) for name in names))
    assert [client.response().json["model"] for _ in names] == names


def test_a_pipelined_request_waits_for_the_stream_before_it(
    client: RawClient, upstream: Upstream
) -> None:
    gate = Gate()
    upstream.use(b.gated(gate), b.OK)
    seen = len(upstream.requests)
    client.send(request_bytes(chat_body(stream=True)) + request_bytes(chat_body(model="m-second")))
    upstream.wait_requests(seen + 1)
    gate.open()
    assert client.response().body.endswith(b"data: [DONE]\n\n")
    assert client.response().json["model"] == "m-second"


def test_a_client_that_leaves_after_pipelining_still_cancels_what_is_under_way(
    server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.SILENT)
    before, seen = len(upstream.aborted), len(upstream.requests)
    with RawClient(server.root_url) as client:
        client.send(request_bytes(chat_body()) + request_bytes(chat_body()))
        upstream.wait_requests(seen + 1)
    upstream.wait_for(lambda: len(upstream.aborted) > before, "abort")
    assert len(upstream.requests) == seen + 1


def test_http_1_0_is_answered_and_the_connection_closed(client: RawClient) -> None:
    answer = client.ask(request_bytes(chat_body(), version="1.0"))
    assert answer.status == 200
    assert answer.json["object"] == "chat.completion"
    assert client.is_closed()


def test_a_client_that_asks_first_is_told_to_go_on(client: RawClient) -> None:
    body = chat_body()
    head = request_bytes(length=len(body), headers=("expect: 100-continue",))
    client.send(head)
    assert client.socket.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.ask(body).status == 200


def test_a_client_that_asks_first_about_too_much_is_refused_before_it_sends(
    client: RawClient,
) -> None:
    answer = client.ask(request_bytes(length=LIMIT + 1, headers=("expect: 100-continue",)))
    assert answer.status == 413


def test_a_chunked_body_is_read(client: RawClient) -> None:
    body = chat_body(model="m-chunked")
    lines = ["POST /v1/chat/completions HTTP/1.1", "host: x", "transfer-encoding: chunked", "", ""]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in (body[:7], body[7:20], body[20:]))
    answer = client.ask("\r\n".join(lines).encode() + chunks + b"0\r\n\r\n")
    assert answer.json["model"] == "m-chunked"


def test_a_request_may_come_byte_by_byte(client: RawClient) -> None:
    for byte in request_bytes(chat_body()):
        client.send(bytes([byte]))
    assert client.response().status == 200


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_wants_to_close_is_obeyed(client: RawClient, stream: bool) -> None:
    answer = client.ask(request_bytes(chat_body(stream=stream), headers=("connection: close",)))
    assert answer.status == 200
    assert answer.headers["connection"] == "close"
    assert client.is_closed()


def test_a_body_over_the_limit_is_refused_and_the_connection_still_in_step(
    client: RawClient, upstream: Upstream
) -> None:
    seen = len(upstream.requests)
    answer = client.ask(request_bytes(b"x" * (LIMIT + 1)))
    assert answer.status == 413
    assert answer.error["code"] == "request_too_large"
    assert "0.125 MiB" in answer.error["message"]
    assert len(upstream.requests) == seen
    assert client.ask(request_bytes(chat_body())).status == 200


def test_a_body_of_exactly_the_limit_is_read(client: RawClient) -> None:
    body = chat_body()
    assert client.ask(request_bytes(body + b" " * (LIMIT - len(body)))).status == 200


def test_a_chunked_body_without_end_is_cut_off(client: RawClient) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    client.send(head)
    endless = b"10000\r\n%b\r\n" % (b"x" * 0x10000) * 1000
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        client.send(endless)


@pytest.mark.parametrize("line", [b"x: 1\r\n", b"x"], ids=["many headers", "one header"])
def test_a_head_without_end_is_refused(client: RawClient, line: bytes) -> None:
    client.send(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ny: ")
    with suppress(ConnectionError):
        for _ in range(64):
            client.send(line * 0x10000)
    with suppress(ConnectionError):
        assert client.response().status == 431
    assert client.is_closed()


def test_a_long_header_is_read(client: RawClient) -> None:
    headers = (f"x-long: {'x' * 40_000}",)
    assert client.ask(request_bytes(chat_body(), headers=headers)).status == 200


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        request_bytes(headers=("content-length: 7",)),
        request_bytes(chat_body(), headers=("transfer-encoding: chunked",)),
        request_bytes(length=-1),
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\n\r\n",
    ],
    ids=["tls", "words", "two lengths", "length and chunks", "negative", "no colon", "nul"],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(
    client: RawClient, upstream: Upstream, garbage: bytes
) -> None:
    seen = len(upstream.requests)
    assert client.ask(garbage).status == 400
    assert client.is_closed()
    assert len(upstream.requests) == seen


@pytest.mark.parametrize("path", [CHAT_PATH, "/v1/decide"])
def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error(
    server: HeadgateServer, path: str
) -> None:
    with RawClient(server.root_url) as client:
        client.send(request_bytes(chat_body(), path=path, length=5000))
    with RawClient(server.root_url) as client:
        assert client.ask(request_bytes(chat_body())).status == 200
    assert "rror" not in server.said


@pytest.mark.parametrize(
    "name", ["a\r\nx-evil: 1", "a\nset-cookie: b=c", "modèle", "模型", "a\x00b", "\x7f", "x\u2028y"]
)
@pytest.mark.parametrize("stream", [False, True])
def test_no_model_name_can_write_a_header(client: RawClient, name: str, stream: bool) -> None:
    answer = client.ask(request_bytes(chat_body(model=f"m-{name}", stream=stream)))
    assert answer.status == 200
    assert "x-evil" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert all(0x20 <= byte < 0x7F for _, value in answer.raw_headers for byte in value)
    assert "?" in answer.headers["x-headgate-model"]


def test_half_a_character_is_refused_and_not_a_fault_of_ours(client: RawClient) -> None:
    assert client.ask(request_bytes(chat_body(model="m-\ud800"))).status == 400


def test_another_method_is_refused_in_the_shape_of_openai(client: RawClient) -> None:
    answer = client.ask(request_bytes(method="GET"))
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    assert answer.error["type"] == "invalid_request_error"


MISSING = ["/nothing", "/v1/nothing", "/v1/chat/completions/more", "/%0d%0ax:1"]


@pytest.mark.parametrize("path", MISSING)
def test_an_unknown_path_is_refused_in_the_shape_of_openai(client: RawClient, path: str) -> None:
    answer = client.ask(request_bytes(chat_body(), path=path))
    assert answer.status == 404
    assert "there is nothing at POST /" in answer.error["message"]


@pytest.mark.parametrize("path", [f"{CHAT_PATH}?x=1", f"{CHAT_PATH}?", "/v1/chat%2Fcompletions"])
def test_the_long_way_through_asgi_serves_the_same_endpoint(client: RawClient, path: str) -> None:
    for stream in (False, True):
        answer = client.ask(request_bytes(chat_body(stream=stream), path=path))
        assert answer.status == 200
        assert answer.headers["x-headgate-target"] == "box"


def test_a_request_to_upgrade_is_answered_as_if_it_had_not_asked(client: RawClient) -> None:
    upgrade = ("connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAA")
    for stream in (False, True):
        answer = client.ask(request_bytes(chat_body(stream=stream), headers=upgrade))
        assert answer.status == 200
    assert client.ask(request_bytes(chat_body())).status == 200


def test_an_offer_to_upgrade_may_come_in_pieces(client: RawClient) -> None:
    upgrade = ("connection: upgrade", "upgrade: websocket")
    for byte in request_bytes(chat_body(), headers=upgrade):
        client.send(bytes([byte]))
    assert client.response().status == 200


def test_a_proxy_is_what_this_is_not(client: RawClient) -> None:
    answer = client.ask(b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n")
    assert answer.status == 400
    assert client.is_closed()


def test_without_cors_no_answer_speaks_of_it(client: RawClient) -> None:
    answer = client.ask(request_bytes(chat_body(), headers=("origin: https://evil.example",)))
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_events_are_whole_in_their_chunks(client: RawClient) -> None:
    answer = client.ask(request_bytes(chat_body(stream=True)))
    assert answer.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in answer.headers
    events = answer.body.decode().removesuffix("\n\n").split("\n\n")
    assert events[-1] == "data: [DONE]"
    assert all(json.loads(event.removeprefix("data: ")) for event in events[:-1])


def test_a_client_that_does_not_read_slows_the_backend_down(
    server: HeadgateServer, upstream: Upstream
) -> None:
    upstream.use(b.FLOOD)
    seen = len(upstream.requests)
    with RawClient(server.root_url, receive_buffer=4096) as client:
        client.send(request_bytes(chat_body(stream=True)))
        upstream.wait_requests(seen + 1)
        exchange = upstream.requests[-1]
        steady, last = 0, -1
        # Other requests pass the time: each is a turn of both event loops.
        with RawClient(server.root_url) as other:
            for _ in range(2000):
                assert other.ask(request_bytes(method="GET", path="/livez")).status == 200
                steady = steady + 1 if exchange.bytes_sent == last else 0
                last = exchange.bytes_sent
                if steady == 200:
                    break
        assert steady == 200, f"still sending after {last} bytes"
        with suppress(ConnectionError):
            client.socket.recv(65536)
    upstream.wait_for(lambda: exchange.aborted_at is not None, "abort")
