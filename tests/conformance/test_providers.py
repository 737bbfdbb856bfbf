"""Every provider that can be found is played its cassette, over a real socket.

A cassette is `tests/cassettes/<name>.yaml`: by case, what a client asks in OpenAI's
dialect (`client`), what the backend must then be sent (`request`), what it answers
(`response`) and what that means to us (`means`). `[key]` stands for the key. Which cases
there must be follows from what the provider's file offers.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
import yaml

from headgate.backends.client import HttpClient
from headgate.backends.exchange import Exchange, Timeouts
from headgate.backends.provider import Provider
from headgate.backends.upstream import Upstream, request_changes, retry_after_s
from headgate.core.errors import UpstreamRejected
from headgate.core.inbound import Inbound, Operation
from headgate.core.plugins import load, load_all, names
from headgate.core.stream import Answer
from headgate.wire.dialect import Dialect
from headgate.wire.fold import Folder
from headgate.wire.losses import Losses
from support.event_stream import from_lines
from unit.backends.scripted_server import CHUNKED, LAST_CHUNK, Peer, Request, chunk, serving

CASSETTES = Path(__file__).parents[1] / "cassettes"
PROVIDERS: Mapping[str, Provider] = load_all("headgate.backends.providers", "PROVIDER")
KEY = "test-key-0123456789"
NOW = 1_795_428_000.0
"""2026-11-23 10:00:00 UTC, for dates in `retry-after`."""
LIMITS = Timeouts(connect_s=5.0, first_token_s=5.0, stall_s=5.0, total_s=5.0)
SOURCE = re.compile(
    r"(recorded|written from the provider's API reference), https://\S+, 20\d\d-\d\d-\d\d"
    r"(; not recorded)?"
)
SECRETS = re.compile(r"sk-[A-Za-z0-9-]{8,}|Bearer (?!\[key\])\S+|eyJ[\w-]{10,}|test-key-0123456789")


def load_cassette(name: str) -> dict[str, Any]:
    path = CASSETTES / f"{name}.yaml"
    assert path.exists(), f"write tests/cassettes/{path.name}: another provider's is the model"
    cassette: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return cassette


def expected_cases(provider: Provider) -> set[str]:
    """What must be on the cassette of a provider that offers what its file says."""
    cases = {"chat", "stream", "tools", "401", "429", "5xx"}
    cases |= {"usage"} if provider.reports_stream_usage else set()
    cases |= {"models"} if provider.models_path is not None else set()
    return cases | ({"embeddings"} if "embedding" in provider.paths else set())


@dataclass(frozen=True)
class Played:
    """A case being played: our way out, and what the backend was sent."""

    provider: Provider
    upstream: Upstream
    case: Mapping[str, Any]
    asked: list[Request]

    @property
    def dialect(self) -> Dialect:
        found: Dialect = load("headgate.wire.dialects", self.provider.dialect, "DIALECT")
        return found

    async def post(self) -> tuple[Operation, Exchange]:
        """Send what the client asks, the way the gateway does."""
        client: Dialect = load("headgate.wire.dialects", "openai_chat", "DIALECT")
        asked = self.case["client"]
        operation: Operation = "embedding" if "input" in asked else "chat"
        inbound = client.decode(operation, json.dumps(asked).encode())
        if self.dialect is client:
            changes, drop = request_changes(inbound.fields, self.provider, operation, inbound.model)
            body = client.relay(inbound, changes=changes, drop=drop)
        else:
            body = msgspec.json.encode(self._translated(client, inbound))
        return operation, await self.upstream.post(
            operation, body, stream=inbound.stream, timeouts=LIMITS, model=inbound.model
        )

    def _translated(self, client: Dialect, inbound: Inbound) -> Mapping[str, Any]:
        losses = Losses()
        if inbound.operation != "chat":
            asked = client.surfaces[inbound.operation].canonical(inbound)
            form = self.dialect.forms[inbound.operation]
            return form.encode(asked, model=inbound.model, options={}, losses=losses)
        return self.dialect.encode(
            client.canonical(inbound),
            model=inbound.model,
            stream=inbound.stream,
            options={},
            losses=losses,
        )

    async def answer(self) -> Answer:
        """The backend's answer, decoded by its dialect."""
        operation, exchange = await self.post()
        try:
            if not self.case["client"].get("stream"):
                return self.dialect.decode_answer(operation, await exchange.read(1 << 20))
            decoder, folder = self.dialect.stream_decoder(operation), Folder()
            has_ended = False
            while data := await exchange.chunk():
                for frame in decoder.feed(data):
                    has_ended = has_ended or frame.is_last
                    for event in frame.events:
                        folder.add(event)
            assert has_ended, "the stream has no terminator"
            return folder.answer()
        finally:
            exchange.close()


def with_key(value: Any) -> Any:
    """The same with the test's key in the place of `[key]`."""
    return json.loads(json.dumps(value).replace("[key]", KEY))


async def play(response: Mapping[str, Any], peer: Peer, asked: list[Request]) -> None:
    """The backend's side of one case."""
    asked.append(await peer.request())
    headers = {**response["headers"]}
    pieces = [chunk(piece) for piece in _pieces(response)]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = CHUNKED.decode().replace("200 OK", f"{response['status']} Said")
    await peer.send((head.removesuffix("\r\n") + lines + "\r\n").encode())
    for piece in [*pieces, LAST_CHUNK]:
        await peer.send(piece)
    await peer.gone()


def _pieces(response: Mapping[str, Any]) -> Iterator[bytes]:
    if "body" in response:
        yield json.dumps(with_key(response["body"])).encode()
    media_type = response["headers"]["content-type"]
    end = "\n" if "ndjson" in media_type else "\n\n"
    for piece in response.get("chunks", ()):
        yield from_lines(piece) if "eventstream" in media_type else f"{piece}{end}".encode()


def run_case(name: str, case_name: str, check: Any) -> None:
    """Play one case, let `check` look at it, and compare what the backend was sent."""
    cassette, provider = load_cassette(name), PROVIDERS[name]
    case = cassette["cases"][case_name]
    asked: list[Request] = []

    async def test() -> None:
        client = HttpClient()
        async with serving(lambda peer: play(case["response"], peer, asked)) as server:
            upstream = Upstream(
                provider,
                client,
                base_url=f"http://127.0.0.1:{server.port}{cassette['base_path']}",
                key=KEY,
                **cassette.get("settings", {}),
            )
            try:
                await check(Played(provider, upstream, case, asked))
            finally:
                await client.close()

    asyncio.run(test())
    compare(asked, case["request"])


def compare(asked: list[Request], expected: Mapping[str, Any]) -> None:
    """Whether the backend was sent what it should be, once."""
    assert len(asked) == 1
    target = urlsplit(asked[0].target)
    assert (asked[0].method, target.path) == (expected["method"], expected["path"])
    assert dict(parse_qsl(target.query)) == expected.get("query", {})
    headers = with_key(expected.get("headers", {}))
    assert {name: asked[0].headers.get(name) for name in headers} == headers
    secret = {name for name, value in asked[0].headers.items() if KEY in value}
    assert secret <= headers.keys(), "the key went out in a header nobody expects"
    if "body" in expected:
        assert json.loads(asked[0].body) == expected["body"]


def offered(*case_names: str) -> pytest.MarkDecorator:
    """Run a test for each of these cases of each provider that has it."""
    pairs = [
        (name, case_name)
        for name, provider in sorted(PROVIDERS.items())
        for case_name in case_names
        if case_name in expected_cases(provider)
    ]
    return pytest.mark.parametrize(("name", "case_name"), pairs)


every_provider = pytest.mark.parametrize("name", sorted(PROVIDERS))


@every_provider
def test_a_provider_is_what_its_file_is_called(name: str) -> None:
    provider = PROVIDERS[name]
    assert provider.name == name
    assert provider.docs.startswith("https://")
    assert provider.dialect in names("headgate.wire.dialects")
    assert provider.base_url is None or not provider.base_url.endswith("/")
    assert provider.key_env or not provider.needs_key


@every_provider
def test_a_local_provider_is_on_this_machine_and_a_hosted_one_behind_tls(name: str) -> None:
    provider = PROVIDERS[name]
    for url in filter(None, (provider.base_url, provider.probe_url)):
        host = urlsplit(url).hostname
        assert (host in {"127.0.0.1", "engine"}) is provider.is_local
        assert url.startswith("http://" if provider.is_local else "https://")
    if provider.is_local:
        assert not provider.needs_key


@every_provider
def test_a_cassette_is_complete_dated_and_without_secrets(name: str) -> None:
    cassette = load_cassette(name)
    assert cassette["provider"] == name
    assert SOURCE.fullmatch(cassette["source"])
    assert set(cassette["cases"]) == expected_cases(PROVIDERS[name])
    assert SECRETS.findall((CASSETTES / f"{name}.yaml").read_text("utf-8")) == []


def test_every_cassette_has_a_provider() -> None:
    assert {path.stem for path in CASSETTES.glob("*.yaml")} == set(PROVIDERS)


@offered("chat", "stream", "usage", "tools", "embeddings")
def test_an_answer_is_understood(name: str, case_name: str) -> None:
    async def check(played: Played) -> None:
        answer = await played.answer()
        means = played.case["means"]
        if "finish_reason" in means:
            (choice,) = answer.choices
            assert choice.finish_reason == means["finish_reason"]
            assert choice.text == means.get("text", "")
            calls = [{"name": c.name, "arguments": c.arguments} for c in choice.tool_calls]
            assert _decoded(calls) == _decoded(means.get("tool_calls", []))
        if "usage" in means:
            assert answer.usage is not None
            assert {n: getattr(answer.usage, n) for n in means["usage"]} == means["usage"]

    run_case(name, case_name, check)


def _decoded(calls: list[dict[str, str]]) -> list[tuple[str, Any]]:
    return [(call["name"], json.loads(call["arguments"])) for call in calls]


@offered("401", "429", "5xx")
def test_a_refusal_is_understood(name: str, case_name: str) -> None:
    async def check(played: Played) -> None:
        with pytest.raises(UpstreamRejected) as caught:
            await played.post()
        error, means = caught.value, played.case["means"]
        assert error.status == played.case["response"]["status"]
        assert str(error) == means["message"]
        assert error.is_transient is (case_name != "401")
        assert retry_after_s(error.headers, NOW) == means.get("retry_after_s")
        assert KEY.encode() not in error.body

    run_case(name, case_name, check)


@offered("models")
def test_models_are_listed(name: str, case_name: str) -> None:
    async def check(played: Played) -> None:
        assert await played.upstream.list_models() == played.case["means"]["models"]

    run_case(name, case_name, check)
