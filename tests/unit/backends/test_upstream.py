"""One target's way out: what it sends where, and the pure helpers beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Endpoint
from headgate.backends.provider import Provider
from headgate.backends.registry import provider
from headgate.backends.upstream import (
    Relayed,
    Upstream,
    limit_headers,
    request_changes,
    retry_after_s,
)
from headgate.core.errors import (
    ConfigError,
    InvalidRequest,
    UpstreamGarbled,
    UpstreamRejected,
)
from headgate.core.inbound import Operation
from unit.backends.conftest import Run
from unit.backends.scripted_server import (
    BODY,
    QUICK,
    Peer,
    Request,
    Script,
    answer,
    answering,
    sending,
    serving,
)

KEY = "sk-our-own-secret-key"
PLAIN = Provider(name="plain", dialect="openai_chat", docs="https://a.test", models_path="/models")
NOW = 1_790_000_000.0


def recording(asked: list[Request], body: bytes = b"{}") -> Script:
    async def script(peer: Peer) -> None:
        asked.append(await peer.request())
        await peer.send(answer(body))
        await peer.gone()

    return script


def asked_for(
    run: Run,
    kind: Provider,
    *,
    model: str | None = None,
    relayed: Relayed | None = None,
    **settings: str,
) -> Request:
    """The request that a backend sees of a chat sent to it."""
    asked: list[Request] = []

    async def test() -> None:
        client = HttpClient()
        async with serving(recording(asked)) as server:
            url = f"http://127.0.0.1:{server.port}" + settings.pop("path", "/v1")
            upstream = Upstream(kind, client, base_url=url, key=KEY, **settings)  # type: ignore[arg-type]
            exchange = await upstream.post(
                "chat", BODY, stream=True, timeouts=QUICK, model=model, relayed=relayed
            )
            exchange.close()
            await client.close()

    run(test)
    return asked[0]


def test_a_chat_goes_to_the_providers_path_with_a_bearer_key(run: Run) -> None:
    request = asked_for(run, PLAIN, path="/v1/")
    assert (request.method, request.target) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == BODY


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        ("bearer", {"authorization": f"Bearer {KEY}"}),
        ("api-key", {"api-key": KEY}),
        ("none", {}),
    ],
)
def test_the_key_is_sent_the_way_that_is_asked_for(
    run: Run, auth: str, expected: Mapping[str, str]
) -> None:
    headers = asked_for(run, PLAIN, auth=auth).headers
    assert {n: v for n, v in headers.items() if n in {"authorization", "api-key"}} == expected


def test_a_providers_own_headers_go_along(run: Run) -> None:
    kind = replace(PLAIN, extra_headers={"x-version": "3"})
    assert asked_for(run, kind).headers["x-version"] == "3"


def test_a_clients_own_headers_stand_in_for_the_providers(run: Run) -> None:
    kind = replace(PLAIN, extra_headers={"x-version": "3", "x-other": "o"})
    relayed = Relayed("openai_chat", {"x-version": "4", "x-more": "m"})
    request = asked_for(run, kind, relayed=relayed)
    assert request.headers["x-version"] == "4"
    assert request.headers["x-other"] == "o"
    assert request.headers["x-more"] == "m"
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_azure_names_deployment_and_version(run: Run) -> None:
    request = asked_for(run, provider("azure_openai"), deployment="mine", path="")
    assert request.target == ("/openai/deployments/mine/chat/completions?api-version=2024-10-21")
    assert request.headers["api-key"] == KEY
    newer = asked_for(
        run, provider("azure_openai"), deployment="mine", api_version="2025-04-01", path=""
    )
    assert newer.target.endswith("?api-version=2025-04-01")


def test_the_model_stands_for_the_deployment_where_none_is_configured(run: Run) -> None:
    request = asked_for(run, provider("azure_openai"), model="gpt-4o", path="")
    assert request.target.startswith("/openai/deployments/gpt-4o/chat/completions?")


@pytest.mark.parametrize("model", [None, "", "..", "a/b", "a?b", "a b", "a%2fb", "ü"])
def test_no_model_leads_out_of_the_deployments(run: Run, model: str | None) -> None:
    async def test() -> None:
        upstream = Upstream(provider("azure_openai"), HttpClient(), base_url="http://127.0.0.1:1")
        with pytest.raises(InvalidRequest, match="no deployment"):
            await upstream.post("chat", BODY, stream=False, timeouts=QUICK, model=model)

    run(test)


@pytest.mark.parametrize("model", ["m-1", "models/m-1"])
def test_a_model_in_the_path_may_be_named_as_it_is_listed(run: Run, model: str) -> None:
    request = asked_for(run, provider("gemini"), model=model, path="/v1beta")
    assert request.target == "/v1beta/models/m-1:streamGenerateContent?alt=sse"
    assert request.headers["x-goog-api-key"] == KEY


def test_a_model_that_is_a_path_of_its_own_is_quoted(run: Run) -> None:
    request = asked_for(run, provider("bedrock"), model="arn:aws:x:y/z", path="")
    assert request.target == "/model/arn%3Aaws%3Ax%3Ay%2Fz/converse-stream"


@pytest.mark.parametrize("model", [None, "", ".", "..", "models/", "models/.."])
def test_no_model_leads_to_another_path(run: Run, model: str | None) -> None:
    async def test() -> None:
        upstream = Upstream(provider("gemini"), HttpClient(), base_url="http://127.0.0.1:1")
        with pytest.raises(InvalidRequest, match="no model of that name"):
            await upstream.post("chat", BODY, stream=False, timeouts=QUICK, model=model)

    run(test)


def test_a_signature_goes_along_with_what_was_signed(run: Run) -> None:
    signed: list[tuple[str, bytes]] = []

    class Scribe:
        async def sign(self, url: str, body: bytes) -> Mapping[str, str]:
            signed.append((url, body))
            return {"authorization": "AWS4 of Scribe"}

    asked: list[Request] = []

    async def test() -> None:
        client = HttpClient()
        async with serving(recording(asked)) as server:
            url = f"http://127.0.0.1:{server.port}"
            upstream = Upstream(provider("bedrock"), client, base_url=url, signer=Scribe())
            exchange = await upstream.post("chat", BODY, stream=False, timeouts=QUICK, model="m:0")
            exchange.close()
            assert signed == [(f"{url}/model/m%3A0/converse", BODY)]
            await client.close()

    run(test)
    assert asked[0].headers["authorization"] == "AWS4 of Scribe"


def test_an_operation_that_is_not_offered_is_the_callers_mistake(run: Run) -> None:
    async def test() -> None:
        upstream = Upstream(provider("anthropic"), HttpClient(), key=KEY)
        with pytest.raises(InvalidRequest, match="does not offer embeddings"):
            await upstream.post("embedding", BODY, stream=False, timeouts=QUICK)

    run(test)


def test_a_provider_without_an_address_needs_one() -> None:
    with pytest.raises(ConfigError, match="needs a `base_url`"):
        Upstream(provider("openai_compatible"), HttpClient())


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(Upstream(PLAIN, HttpClient(), base_url="http://a.test", key=KEY))


def test_a_bad_status_is_raised_with_the_backends_words(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        said = answer(b'{"error":{"message":"slow down"}}', "429 Too Many Requests")
        async with serving(sending(said)) as server:
            upstream = Upstream(PLAIN, client, base_url=f"http://127.0.0.1:{server.port}")
            with pytest.raises(UpstreamRejected, match="slow down") as caught:
                await upstream.post("chat", BODY, stream=True, timeouts=QUICK)
            assert caught.value.status == 429
            await client.close()

    run(test)


def test_an_engine_is_located_for_every_request_and_its_connection_kept(run: Run) -> None:
    located = 0

    async def test() -> None:
        client = HttpClient()
        async with serving(answering(b"one", b"two")) as server:

            async def locate() -> Endpoint:
                nonlocal located
                located += 1
                return server.endpoint(authorization="Bearer of-the-worker")

            upstream = Upstream(provider("embedded"), client, locate=locate)
            for expected in (b"one", b"two"):
                exchange = await upstream.post("chat", BODY, stream=False, timeouts=QUICK)
                assert await exchange.read(100) == expected
                exchange.close()
            assert len(client._plans) == 1
            await client.close()
            assert (located, len(server.peers)) == (2, 1)

    run(test)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"object":"list","data":[{"id":"a"},{"id":"b"}]}', ["a", "b"]),
        (b'{"models":[{"name":"llama3:8b","model":"llama3:8b"}]}', ["llama3:8b"]),
        (b'[{"id":"maker/model","object":"model"}]', ["maker/model"]),
        (b'{"data":[]}', []),
    ],
)
def test_models_are_listed_in_every_known_shape(run: Run, body: bytes, expected: list[str]) -> None:
    asked: list[Request] = []

    async def test() -> None:
        client = HttpClient()
        async with serving(recording(asked, body)) as server:
            upstream = Upstream(PLAIN, client, base_url=f"http://127.0.0.1:{server.port}", key=KEY)
            assert await upstream.list_models() == expected
            await client.close()
        assert (asked[0].method, asked[0].target) == ("GET", "/models")
        assert asked[0].headers["authorization"] == f"Bearer {KEY}"

    run(test)


@pytest.mark.parametrize(
    "body", [b"{}", b"<html>", b'{"data":null}', b"[1]", b'[{"x":1}]', b"\xff"]
)
def test_a_list_of_another_shape_is_garbled(run: Run, body: bytes) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(answering(body)) as server:
            upstream = Upstream(PLAIN, client, base_url=f"http://127.0.0.1:{server.port}")
            with pytest.raises(UpstreamGarbled, match="list of models"):
                await upstream.list_models()
            await client.close()

    run(test)


def test_a_refused_list_of_models_is_an_error(run: Run) -> None:
    async def test() -> None:
        client = HttpClient()
        async with serving(sending(answer(b"", "401 Unauthorized"))) as server:
            upstream = Upstream(PLAIN, client, base_url=f"http://127.0.0.1:{server.port}")
            with pytest.raises(UpstreamRejected):
                await upstream.list_models()
            await client.close()

    run(test)


def test_a_provider_without_a_list_lists_nothing(run: Run) -> None:
    async def test() -> None:
        upstream = Upstream(provider("azure_openai"), HttpClient(), base_url="http://127.0.0.1:1")
        assert await upstream.list_models() == []

    run(test)


def members(**fields: str) -> dict[str, Raw]:
    return {name: Raw(value.encode()) for name, value in {"model": '"asked"', **fields}.items()}


def changed(
    fields: dict[str, Raw], kind: Provider, model: str = "asked", operation: Operation = "chat"
) -> dict[str, Any]:
    return request_changes(fields, kind, operation, model)[0]


def test_nothing_changes_where_nothing_must() -> None:
    fields = members(max_tokens="5", unknown="1")
    assert request_changes(fields, PLAIN, "chat", "asked") == ({}, frozenset())


@pytest.mark.parametrize("model", ["o1", "o3-mini", "gpt-5.1-codex", "gpt-6-sol"])
@pytest.mark.parametrize("name", ["openai", "azure_openai"])
def test_reasoning_models_get_their_own_name_for_the_limit(name: str, model: str) -> None:
    changes = changed(members(max_tokens="5"), provider(name), model)
    assert changes == {"max_tokens": None, "max_completion_tokens": Raw(b"5")}


def test_other_models_and_operations_keep_it() -> None:
    openai = provider("openai")
    assert changed(members(max_tokens="5"), openai, "gpt-4o") == {}
    assert changed(members(max_tokens="5"), openai, "gpt-5", "completion") == {}


def test_engines_get_the_old_name_of_the_limit() -> None:
    changes = changed(members(max_completion_tokens="7"), provider("llama_cpp"))
    assert changes == {"max_completion_tokens": None, "max_tokens": Raw(b"7")}


def test_a_field_that_is_there_under_its_new_name_is_not_overwritten() -> None:
    both = members(max_completion_tokens="7", max_tokens="5")
    assert changed(both, provider("llama_cpp")) == {"max_completion_tokens": None}


def test_only_dropped_fields_that_are_there_are_reported() -> None:
    fields = members(seed="1", user='"me"', temperature="0")
    kind = replace(PLAIN, drop_params=frozenset({"seed", "user", "store"}))
    assert request_changes(fields, kind, "chat", "asked")[1] == frozenset({"seed", "user"})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:30 GMT"}, 10.0),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:30 -0000"}, 10.0),
        ({"retry-after": "Mon, 21 Sep 2020 14:13:30 GMT"}, 0.0),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_a_wait_is_understood_in_all_its_forms(
    headers: Mapping[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers, NOW) == seconds


@given(st.text())
def test_no_wait_however_odd_is_an_error_or_negative(text: str) -> None:
    seconds = retry_after_s({"retry-after": text}, NOW)
    assert seconds is None or seconds >= 0


def test_rate_limits_are_passed_on_under_another_name() -> None:
    headers = {
        "x-ratelimit-remaining-requests": "9",
        "anthropic-ratelimit-tokens-reset": "2026-11-23T00:00:00Z",
        "set-cookie": "secret=1",
        "content-type": "application/json",
    }
    assert limit_headers(headers) == [
        (b"x-upstream-ratelimit-remaining-requests", b"9"),
        (b"x-upstream-anthropic-ratelimit-tokens-reset", b"2026-11-23T00:00:00Z"),
    ]
