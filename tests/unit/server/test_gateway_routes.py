"""Questions about the gateway itself, and the keys they need."""

import sys
from collections.abc import Iterator
from hashlib import sha256

import openai
import pytest

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, Response, chat_body, request_bytes
from support.upstream import Upstream

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ALL, ONE = "key-for-all", "key-for-one"
NAMES = ["auto", "chat", "night", "m-night", "box", "m"]


def hashed(key: str) -> str:
    return f"sha256:{sha256(key.encode()).hexdigest()}"


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "model": "m"}
    config = {
        "server": {
            "keys": [
                {"name": "all", "hash": hashed(ALL)},
                {"name": "one", "hash": hashed(ONE), "routes": ["night"]},
            ]
        },
        "targets": {"box": target},
        "routes": {
            "chat": {"targets": ["box"]},
            "night": {"targets": ["box"], "models": ["m-night", "n-*"]},
        },
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


def get(client: RawClient, path: str, key: str | None = ALL) -> Response:
    headers = () if key is None else (f"authorization: Bearer {key}",)
    return client.ask(request_bytes(method="GET", path=path, headers=headers))


def post(client: RawClient, path: str, body: bytes, key: str = ALL) -> Response:
    return client.ask(request_bytes(body, path=path, headers=(f"authorization: Bearer {key}",)))


def test_models_are_listed_as_the_sdk_wants_them(server: HeadgateServer) -> None:
    with server.client(key=ALL) as client:
        models = list(client.models.list())
    assert sorted(model.id for model in models) == sorted(NAMES)
    assert {(model.object, model.owned_by) for model in models} == {("model", "headgate")}
    assert all(model.created > 1_700_000_000 for model in models)


@pytest.mark.parametrize("name", [*NAMES, "n-anything", "n-with/slash"])
def test_one_model_can_be_asked_for_by_any_name_that_works(
    server: HeadgateServer, name: str
) -> None:
    with server.client(key=ALL) as client:
        assert client.models.retrieve(name).id == name


def test_a_model_nobody_has_is_not_found(server: HeadgateServer) -> None:
    with server.client(key=ALL) as client, pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-99")
    assert missing.value.code == "model_not_found"
    assert "gpt-99" in missing.value.message


def test_a_key_for_one_route_sees_and_uses_that_one_only(server: HeadgateServer) -> None:
    with server.client(key=ONE) as client:
        assert {model.id for model in client.models.list()} == {"night", "m-night"}
        with pytest.raises(openai.PermissionDeniedError):
            client.models.retrieve("chat")
        for name in ("auto", "chat", "box", "m"):
            with pytest.raises(openai.PermissionDeniedError):
                client.chat.completions.create(
                    model=name, messages=[{"role": "user", "content": "Hi"}]
                )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/models"),
        ("GET", "/v1/models/auto"),
        ("GET", "/health/backends"),
        ("POST", "/v1/decide"),
        ("GET", "/v1/decisions/abc"),
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/embeddings"),
    ],
)
@pytest.mark.parametrize("key", [None, "wrong", ""])
def test_without_a_key_nothing_is_told(
    client: RawClient, method: str, path: str, key: str | None
) -> None:
    headers = () if key is None else (f"authorization: Bearer {key}",)
    answer = client.ask(request_bytes(chat_body(), method=method, path=path, headers=headers))
    assert answer.status == 401
    assert answer.error["type"] == "authentication_error"
    assert answer.error["code"] == "invalid_api_key"
    assert "wrong" not in answer.error["message"]


def test_what_is_asked_in_the_dry_may_be_packed_as_what_is_sent(client: RawClient) -> None:
    headers = (f"authorization: Bearer {ALL}", "content-encoding: zstd")
    for path, body in (("/v1/decide", chat_body()), ("/api/show", b'{"model":"chat"}')):
        packed = zstd.compress(body)
        assert client.ask(request_bytes(packed, path=path, headers=headers)).status == 200
        assert client.ask(request_bytes(body, path=path, headers=headers)).status == 400


def test_a_dry_run_tells_facts_and_decision_and_sends_nothing(
    client: RawClient, upstream: Upstream
) -> None:
    seen = len(upstream.requests)
    answer = post(client, "/v1/decide", chat_body())
    assert answer.status == 200
    assert answer.json["facts"]["route"] == "chat"
    ranked = answer.json["decision"]["ranked"]
    assert ranked
    assert answer.json["outlook"][0]["target"] == ranked[0]["candidate"]["name"]
    assert answer.json["words"] == []
    assert b"Hi" not in answer.body
    assert len(upstream.requests) == seen


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [(b"{", ALL, 400), (chat_body(model="gpt-99"), ALL, 404), (chat_body(), ONE, 403)],
)
def test_a_dry_run_refuses_what_a_real_one_would(
    client: RawClient, body: bytes, key: str, status: int
) -> None:
    answer = post(client, "/v1/decide", body, key)
    assert answer.status == status
    assert answer.error["message"]


def test_a_decision_is_explained_to_the_key_that_made_it_and_no_other(client: RawClient) -> None:
    asked = post(client, "/v1/chat/completions", chat_body(model="night"), ONE)
    decision = asked.headers["x-headgate-decision"]
    mine = get(client, f"/v1/decisions/{decision}", ONE)
    assert mine.status == 200
    assert mine.json["recorded"]["id"] == decision
    assert b"Hi" not in mine.body
    assert get(client, f"/v1/decisions/{decision}", ALL).status == 404


@pytest.mark.parametrize("name", ["nothing", "%25", "'; DROP TABLE decisions; --", "_"])
def test_a_decision_that_is_not_there_is_not_found(client: RawClient, name: str) -> None:
    answer = get(client, f"/v1/decisions/{name.replace(' ', '%20')}")
    assert answer.status == 404
    assert answer.error["message"]


def test_backends_tell_how_they_do_without_being_asked(
    client: RawClient, upstream: Upstream
) -> None:
    assert post(client, "/v1/chat/completions", chat_body()).status == 200
    seen = len(upstream.exchanges)
    (box,) = get(client, "/health/backends").json.values()
    assert box["breaker"] == "closed"
    assert box["in_flight"] == 0
    assert box["engine"] is None
    assert len(upstream.exchanges) == seen
