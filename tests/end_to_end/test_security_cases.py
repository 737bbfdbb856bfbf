"""Attacks that gateways like this one have fallen for, tried on this one.

Framing, limits and headers are in `tests/unit/server/test_protocol.py`, packed bodies in
`test_compression.py`, pictures by address in `tests/unit/backends/test_image_fetcher.py`.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from inspect import getsource
from time import monotonic
from typing import Any

import pytest

from headgate.core.errors import NotAuthenticated
from headgate.gateway.handle import Caller
from headgate.server import auth
from headgate.server.auth import Keys
from support import behaviours as b
from support.answers import Answer
from support.headgate_server import HeadgateServer
from support.raw_http import CHAT_PATH, RawClient, chat_body, request_bytes
from support.reply import Reply
from support.responses_ways import ENVIRONMENT
from support.upstream import Upstream

KEY = "hg-a-client-s-own-key"
OURS = ENVIRONMENT["UPSTREAM_KEY"]
READ_S = 0.5


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Upstream]:
    """Where an attacker listens."""
    with Upstream() as elsewhere:
        yield elsewhere


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, elsewhere: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    place = {"api_key": "${UPSTREAM_KEY}", "retries": 0}
    config = {
        "server": {
            "keys": [{"name": "ann", "hash": f"sha256:{sha256(KEY.encode()).hexdigest()}"}],
            "limits": {"read_s": READ_S, "messages": 20, "choices": 4},
        },
        "targets": {
            "chat": {"backend": "openai_compatible", "base_url": upstream.base_url, **place},
            "claude": {"backend": "anthropic", "base_url": upstream.root_url, **place},
        },
        "default_route": "auto-route",
        "routes": {
            "auto-route": {"targets": ["chat"], "models": ["m-*"]},
            "claude-route": {"targets": ["claude"]},
        },
    }
    folder = tmp_path_factory.mktemp("security")
    with HeadgateServer(folder, config, env=ENVIRONMENT) as server:
        yield server
        assert "Traceback" not in server.said
        assert elsewhere.connections_made == 0


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


def asked(body: bytes = b"", *headers: str, path: str = CHAT_PATH, key: str = KEY) -> bytes:
    return request_bytes(
        body or chat_body(), headers=(f"authorization: Bearer {key}", *headers), path=path
    )


PLACES = (
    *("api_base", "base_url", "api_key", "api_version", "organization", "extra_headers"),
    *("callbacks", "success_callback", "custom_llm_provider", "model_list", "fallbacks"),
    *("mock_response", "user_config", "aws_bedrock_runtime_endpoint", "endpoint", "proxy"),
)


@pytest.mark.parametrize("name", PLACES)
def test_no_member_says_where_a_request_goes_or_with_which_key(
    client: RawClient, upstream: Upstream, elsewhere: Upstream, name: str
) -> None:
    value: Any = {"authorization": "evil"} if "headers" in name else elsewhere.base_url
    for more in ({name: value}, {"metadata": {name: value}}, {"extra_body": {name: value}}):
        assert client.ask(asked(chat_body(**more))).status == 200
        sent = upstream.requests[-1]
        assert sent.headers["authorization"] == f"Bearer {OURS}"
        assert sent.headers["host"] == f"127.0.0.1:{upstream.port}"
        assert sent.path == CHAT_PATH
    assert elsewhere.connections_made == 0


@pytest.mark.parametrize("name", PLACES)
def test_no_query_and_no_header_does_either(
    client: RawClient, upstream: Upstream, elsewhere: Upstream, name: str
) -> None:
    header = name.replace("_", "-")
    request = asked(
        b"",
        f"{header}: {elsewhere.base_url}",
        f"x-headgate-{header}: {elsewhere.base_url}",
        path=f"{CHAT_PATH}?{name}={elsewhere.base_url}",
    )
    assert client.ask(request).status == 200
    sent = upstream.requests[-1]
    assert elsewhere.base_url not in str(sent.headers) + sent.query + sent.body.decode()
    assert elsewhere.connections_made == 0


@pytest.mark.parametrize("model", ["m-../../x", "m-@evil.example/", "m-x?y=z#", "m-//evil"])
def test_no_name_of_a_model_does_either(client: RawClient, upstream: Upstream, model: str) -> None:
    assert client.ask(asked(chat_body(model=model))).status == 200
    assert upstream.requests[-1].path == CHAT_PATH


def test_a_redirect_takes_nobody_anywhere(
    client: RawClient, upstream: Upstream, elsewhere: Upstream
) -> None:
    async def redirect(reply: Reply) -> None:
        await reply.whole(307, b"", {"location": f"{elsewhere.base_url}/chat/completions"})

    upstream.use(b.Behaviour("redirects", redirect))
    answer = client.ask(asked())
    assert answer.status == 502
    assert "location" not in answer.headers
    assert elsewhere.connections_made == 0


NOT_FORWARDED = (
    *("x-api-key", "api-key", "x-goog-api-key", "cookie", "proxy-authorization", "forwarded"),
    *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via", "origin"),
    *("referer", "x-amz-security-token", "openai-organization", "x-original-url", "te"),
)


@pytest.mark.parametrize("path", [CHAT_PATH, "/v1/messages", f"{CHAT_PATH}?x=1"])
def test_what_a_client_says_of_itself_stays_here(
    client: RawClient, upstream: Upstream, path: str
) -> None:
    given = tuple(f"{name}: canary-{name}" for name in NOT_FORWARDED)
    model = "claude-route" if "messages" in path else "auto-route"
    body = chat_body(model=model, max_tokens=5)
    assert client.ask(asked(body, *given, path=path)).status == 200
    sent = upstream.requests[-1]
    assert "canary-" not in str(sent.headers)
    assert KEY not in str(sent.headers) + sent.body.decode()
    assert OURS in str(sent.headers), "ours goes out"


HOSTS = ("localhost?", "a#b", "a/b", "a b", "a@b", "[::1", "a\\b", "x?/../livez", "%2f")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/decisions/1", "/health/backends", "/v1/files"])
def test_no_host_opens_what_a_key_opens(client: RawClient, host: str, path: str) -> None:
    answer = client.ask(f"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode("latin-1"))
    assert answer.status in {400, 401}


def test_the_framework_is_one_that_hosts_do_not_fool() -> None:
    assert tuple(map(int, version("starlette").split(".")[:3])) >= (1, 0, 1)


@dataclass(frozen=True)
class Framing:
    """A request that two readers may take for different ones."""

    id: str
    data: bytes


BODY = chat_body()
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n"
AUTH = b"authorization: Bearer " + KEY.encode() + b"\r\n"
SIZE = b"content-length: %d\r\n" % len(BODY)
FRAMINGS = (
    Framing("length and chunks", HEAD + AUTH + SIZE + b"transfer-encoding: chunked\r\n\r\n" + BODY),
    Framing("two lengths", HEAD + AUTH + SIZE + b"content-length: 3\r\n\r\n" + BODY),
    Framing("lengths in a list", HEAD + AUTH + b"content-length: 3, 4\r\n\r\n" + BODY),
    Framing("a signed length", HEAD + AUTH + b"content-length: +5\r\n\r\n" + BODY),
    Framing("an unknown coding", HEAD + AUTH + b"transfer-encoding: xchunked\r\n\r\n" + BODY),
    Framing("a bare CR", HEAD + AUTH + b"x: a\rb: c\r\n" + SIZE + b"\r\n" + BODY),
    Framing("a space before the colon", HEAD + AUTH + b"content-length : 3\r\n\r\n" + BODY),
    Framing("a folded line", HEAD + AUTH + b"x: a\r\n y: b\r\n" + SIZE + b"\r\n" + BODY),
    Framing("two keys", HEAD + AUTH + b"authorization: Bearer x\r\n" + SIZE + b"\r\n" + BODY),
    Framing("two hosts", HEAD + b"host: b\r\n" + AUTH + SIZE + b"\r\n" + BODY),
    Framing("no host", HEAD.replace(b"host: a\r\n", b"") + AUTH + SIZE + b"\r\n" + BODY),
)


@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda each: each.id)
def test_what_can_be_read_in_two_ways_is_refused(
    client: RawClient, upstream: Upstream, framing: Framing
) -> None:
    seen = len(upstream.requests)
    assert client.ask(framing.data).status in {400, 401}
    assert len(upstream.requests) == seen


@pytest.mark.parametrize("seed", range(60))
def test_no_key_that_is_none_gets_in(seed: int) -> None:
    keys = Keys({sha256(KEY.encode()).hexdigest(): Caller(name="ann")})
    rng = random.Random(seed)
    forged = [
        KEY[: rng.randint(0, len(KEY) - 1)],
        KEY + chr(rng.randint(33, 126)),
        KEY.swapcase(),
        f"' OR '{seed}'='{seed}",
        "*",
        KEY[:20] + "x" * (len(KEY) - 20),
        sha256(KEY.encode()).hexdigest(),
        rng.randbytes(rng.randint(0, 400)).decode("latin-1"),
    ]
    for each in forged:
        for header in (b"authorization", b"x-api-key"):
            given = b"Bearer " * (header == b"authorization") + each.encode("latin-1")
            with pytest.raises(NotAuthenticated):
                keys.caller({header: given})


def test_keys_are_compared_in_constant_time() -> None:
    source = getsource(auth)
    assert "compare_digest" in source
    assert "break" not in source, "every key is compared, whichever matches"


@pytest.mark.parametrize(
    "text",
    ["{{ 7*7 }}", "{% for x in ().__class__ %}{% endfor %}", "${7*7}", "{0.__class__}", "%s"],
)
def test_no_text_is_a_template(client: RawClient, upstream: Upstream, text: str) -> None:
    body = chat_body(messages=[{"role": "user", "content": text}], user=text)
    assert client.ask(asked(body)).status == 200
    assert upstream.requests[-1].json["messages"][0]["content"] == text
    answer = client.ask(asked(chat_body(model=text)))
    assert answer.status == 404
    assert text in answer.error["message"]


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(levels):
        made = {"a": made}
    return made


@pytest.mark.parametrize(
    "more",
    [
        {"messages": [{"role": "user", "content": "x"}] * 21},
        {"n": 5},
        {"n": 10**9},
        {"n": -1},
        {"tools": "x"},
    ],
    ids=["messages", "choices", "many choices", "fewer than none", "tools that are none"],
)
def test_what_is_over_a_limit_is_refused(
    client: RawClient, upstream: Upstream, more: dict[str, Any]
) -> None:
    seen = len(upstream.requests)
    assert client.ask(asked(chat_body(**more))).status == 400
    assert len(upstream.requests) == seen


def test_a_tool_as_deep_as_a_well_harms_nobody(client: RawClient) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": deep(400)}}
    assert client.ask(asked(chat_body(tools=[tool]))).status in {200, 400}
    bomb = b'{"model":"auto","messages":[],"tools":' + b"[" * 200_000
    assert client.ask(asked(bomb)).status == 400
    assert client.ask(asked()).status == 200


BEGUN = {
    "nothing": b"",
    "half a head": HEAD,
    "half a body": HEAD + AUTH + SIZE + b"\r\n" + BODY[:9],
    "half an upload": b"POST /v1/decide HTTP/1.1\r\nhost: a\r\n" + AUTH + SIZE + b"\r\n{",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_a_client_that_says_no_more_loses_its_connection(
    server: HeadgateServer, begun: bytes
) -> None:
    began = monotonic()
    with RawClient(server.root_url) as client:
        client.send(begun)
        if begun:
            assert client.response().status == 408
        assert client.is_closed()
    assert READ_S / 2 < monotonic() - began < READ_S * 8


def test_a_head_that_drips_does_not_last_for_ever(server: HeadgateServer) -> None:
    began = monotonic()
    with RawClient(server.root_url) as client:
        client.socket.settimeout(READ_S / 10)
        try:
            while monotonic() - began < READ_S * 8:
                client.send(b"x")
                try:
                    if client.socket.recv(1):
                        break
                except TimeoutError:
                    continue
        except ConnectionError:
            pass
    assert monotonic() - began < READ_S * 6


def test_a_slow_answer_is_not_a_slow_request(client: RawClient, upstream: Upstream) -> None:
    async def late(reply: Reply) -> None:
        await reply.pause(READ_S * 2)
        await b.OK.respond(reply)

    upstream.use(b.Behaviour("late", late))
    assert client.ask(asked()).status == 200
    upstream.use(b.OK)
    rest(client, READ_S * 1.5)
    assert client.ask(asked()).status == 200, "a connection that is kept may rest"


def rest(client: RawClient, seconds: float) -> None:
    """Nothing comes for so long."""
    client.socket.settimeout(seconds)
    with pytest.raises(TimeoutError):
        client.socket.recv(1)
    client.socket.settimeout(10)


def test_what_a_backend_says_cannot_write_a_frame_or_a_header(
    client: RawClient, upstream: Upstream
) -> None:
    text = 'x\n\ndata: {"choices":[]}\n\nevent: evil\r\n\r\nset-cookie: a=b'
    upstream.use(b.says(Answer(pieces=(text,))))
    answer = client.ask(asked(chat_body(stream=True)))
    assert "set-cookie" not in answer.headers
    lines = [line for line in answer.body.decode().split("\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    said = [json.loads(line[6:]) for line in lines if line != "data: [DONE]"]
    assert text in "".join(c["delta"].get("content") or "" for e in said for c in e["choices"])
