"""Kept responses over HTTP, page by page; what SDKs make of them is in tests/end_to_end."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.raw_http import RawClient, Response, request_bytes
from support.upstream import Upstream

PATH = "/v1/responses"


@pytest.fixture(scope="module")
def server(
    upstream: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HeadgateServer]:
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "model": "m"}
    config = {
        "server": {"responses": {"store": "memory", "max_responses": 2}},
        "targets": {"box": target},
        "routes": {"chat": {"targets": ["box"]}},
    }
    with HeadgateServer(tmp_path_factory.mktemp("headgate"), config) as server:
        yield server
        assert "Traceback" not in server.said


@pytest.fixture
def client(server: HeadgateServer, upstream: Upstream) -> Iterator[RawClient]:
    upstream.use(b.OK)
    with RawClient(server.root_url) as client:
        yield client


def made(client: RawClient, *texts: str) -> dict[str, Any]:
    items = [{"role": "user", "content": text} for text in texts]
    body = json.dumps({"model": "chat", "input": items}).encode()
    found: dict[str, Any] = json.loads(client.ask(request_bytes(body, path=PATH)).body)
    return found


def ask(client: RawClient, path: str, method: str = "GET") -> Response:
    return client.ask(request_bytes(method=method, path=f"{PATH}/{path}"))


def page(client: RawClient, identity: str, query: str = "") -> dict[str, Any]:
    answer = ask(client, f"{identity}/input_items{query}")
    assert answer.status == 200
    found: dict[str, Any] = json.loads(answer.body)
    return found


def texts(found: dict[str, Any]) -> str:
    return "".join(item["content"][0]["text"] for item in found["data"])


def test_a_response_is_read_as_it_was_answered(client):
    response = made(client, "a")
    answer = ask(client, response["id"])
    assert (answer.status, json.loads(answer.body)) == (200, response)


def test_items_come_in_pages(client):
    identity = made(client, *"abcde")["id"]
    whole = page(client, identity)
    assert (texts(whole), whole["has_more"]) == ("edcba", False)
    assert texts(page(client, identity, "?order=asc")) == "abcde"
    first = page(client, identity, "?order=asc&limit=2")
    assert (texts(first), first["has_more"]) == ("ab", True)
    rest = page(client, identity, f"?order=asc&after={first['last_id']}")
    assert (texts(rest), rest["has_more"]) == ("cde", False)
    assert rest["first_id"] == rest["data"][0]["id"]
    nothing = page(client, identity, f"?order=asc&after={rest['last_id']}")
    assert (nothing["data"], nothing["first_id"]) == ([], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=-1", "order=up", "after=nothing"]
)
def test_a_wrong_question_is_refused_by_its_name(client, query):
    identity = made(client, "a")["id"]
    answer = ask(client, f"{identity}/input_items?{query}")
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["param"] == query.partition("=")[0]


def test_a_response_is_not_streamed_again(client):
    answer = ask(client, f"{made(client, 'a')['id']}?stream=true")
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["param"] == "stream"


def test_a_dropped_response_is_gone(client):
    identity = made(client, "a")["id"]
    answer = ask(client, identity, "DELETE")
    said = json.loads(answer.body)
    assert said == {"id": identity, "object": "response", "deleted": True}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/input_items")):
        again = ask(client, identity + path, method)
        assert again.status == 404
        assert json.loads(again.body)["error"]["code"] == "response_not_found"


def test_only_so_many_are_kept(client):
    identities = [made(client, "a")["id"] for _ in range(3)]
    assert [ask(client, identity).status for identity in identities] == [404, 200, 200]


def test_nothing_can_be_cancelled(client):
    answer = ask(client, f"{made(client, 'a')['id']}/cancel", "POST")
    assert answer.status == 400
    assert "background" in json.loads(answer.body)["error"]["message"]
